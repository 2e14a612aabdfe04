import numpy as np
import pytest

from common import subjects
from common.engines import Sampling, load_engine
from common.labels import LAYOUTS
from replications.self_assessment import experiment, prompts
from replications.self_assessment.arrangements import ARRANGEMENTS
from replications.self_assessment.inventories import inventory, respondents
from replications.self_assessment.shifts import CONDITIONS
from tests.replications.self_assessment import scripted
from tests.replications.self_assessment.asked import ask
from tests.replications.self_assessment.scripted import Scripted

PEOPLE = respondents("lab", 2, "dev")
ITEMS = inventory("lab", 2)
MAIN = prompts.questions(ITEMS, PEOPLE, CONDITIONS)


def test_an_honest_respondent_scores_what_is_true_in_both_readouts():
    engine = Scripted(scripted.honest)
    read = experiment.generate(engine, MAIN, Sampling(temperature=0.0, n=2))
    levels = {r.name: r.levels for r in PEOPLE}
    true = [float(levels[row.model][row.trait]) for row in MAIN.itertuples()]
    assert len(read) == 2
    assert read[0]["keyed"].tolist() == read[1]["keyed"].tolist() == true
    layouts = [("MPI", order) for order in ARRANGEMENTS] + [("ENFJ", "moved"), ("ENFJ", "relabelled")]
    asked = prompts.questions(ITEMS, PEOPLE, layouts)
    options = experiment.options(engine, asked)
    true = [float(levels[row.model][row.trait]) for row in asked.itertuples()]
    assert options["keyed"].tolist() == true
    assert options["expected"].to_numpy() == pytest.approx(0.5 * np.array(true) + 0.1 * 15, abs=1e-5)
    assert options["mass"].to_numpy() == pytest.approx(1, abs=1e-5)
    assert options[experiment.PROBABILITIES].sum(axis=1).to_numpy() == pytest.approx(1)


def test_probabilities_are_renormalised_and_their_mass_is_kept():
    class Faint(Scripted):
        def logprobs(self, prompts, continuations):
            return [scores - 700 for scores in super().logprobs(prompts, continuations)]

    options = experiment.options(Faint(scripted.honest), MAIN)
    assert options["mass"].max() < 1e-200
    assert options[experiment.PROBABILITIES].max(axis=1).to_numpy() == pytest.approx(0.6, abs=1e-4)


def test_a_respondent_that_refuses_every_item_is_counted_not_dropped_in_silence():
    read = experiment.generate(Scripted(scripted.refusing), MAIN, Sampling())[0]
    assert len(read) == len(MAIN)
    assert read["label"].isna().all()
    assert read["refusal"].all()
    assert set(read["reason"]) == {"no label"}


def test_held_to_the_labels_an_honest_respondent_scores_what_is_true_and_draws_by_its_probabilities():
    options = experiment.options(Scripted(scripted.honest), MAIN)
    likeliest, *draws = experiment.constrained(options, 400, np.random.default_rng(0))
    levels = {r.name: r.levels for r in PEOPLE}
    true = [float(levels[row.model][row.trait]) for row in MAIN.itertuples()]
    assert likeliest["keyed"].tolist() == true
    share = np.mean([draw["keyed"] == true for draw in draws], axis=0)
    assert share == pytest.approx(np.full(len(MAIN), 0.6), abs=5 * np.sqrt(0.24 / 400))
    again = experiment.constrained(options, 1, np.random.default_rng(0))[1]
    assert again["label"].equals(draws[0]["label"])
    read = experiment.generate(Scripted(scripted.honest), MAIN, Sampling(temperature=0.0))[0]
    assert set(read.columns) - set(likeliest.columns) == {"answer"}


def test_a_draw_of_a_label_that_is_certain_is_that_label_in_all_five_places():
    assert experiment.draw_labels(np.eye(5), np.random.default_rng(0)).tolist() == [1, 2, 3, 4, 5]


def test_labels_that_hold_less_than_half_are_no_answers():
    options = experiment.options(Scripted(scripted.honest), MAIN)
    faint = options.assign(mass=options["mass"].where(options["template"] != "WHO", 0.4))
    likeliest, draw = experiment.constrained(faint, 1, np.random.default_rng(0))
    for frame in (likeliest, draw):
        assert frame["label"].isna().equals(frame["template"] == "WHO")
        assert frame["reason"].eq("no label").equals(frame["template"] == "WHO")


def test_a_label_in_brackets_counts_however_its_end_is_tokenized():
    """Many vocabularies hold ")." as one token, so that "(A)" is no part of "(A). Very Accurate"."""

    asked = []

    class Listing(Scripted):
        def logprobs(self, prompts, continuations):
            asked.extend(continuations)
            return [np.log(np.linspace(0.01, 0.1, len(each))) for each in continuations]

    options = experiment.options(Listing(scripted.honest), MAIN, LAYOUTS["chat"])
    assert asked[0] == ["(A", "(B", "(C", "(D", "(E", "A.", "B.", "C.", "D.", "E."]
    assert asked[-1] == ["1", "2", "3", "4", "5"]
    of_mpi = options[options["template"] == "MPI"].iloc[0]
    assert of_mpi["mass"] == pytest.approx(0.55)
    assert of_mpi["p1"] == pytest.approx((0.01 + 0.06) / 0.55)


def test_the_budget_is_told_beforehand():
    assert experiment.budget(720, 2, Sampling(max_tokens=8)).endswith("= 11,520 generated tokens at most")


def test_a_lab_models_answer_ends_with_its_line_and_decoding_is_greedy():
    assert experiment.decoding(True, 8, 3) == Sampling(temperature=0.0, max_tokens=8, stop=("\n",), seed=3)
    assert experiment.decoding(False, 120, 3).stop == ()


def test_a_lab_model_reads_every_prompt_of_the_experiment(chat_model):
    """And any chat model does: the one here is random, its answers are noise."""
    for model in ("lab-0.15m", str(chat_model)):
        engine = load_engine(subjects.find(model).source, engine="hf", store=None)
        layouts = [("WHO", "shifted2"), ("ENFJ", "moved"), ("MPI", "relabelled")]
        turned = prompts.questions(ITEMS[:2], PEOPLE[:1], layouts[:1], negated=True)
        options = experiment.options(engine, prompts.questions(ITEMS[:2], PEOPLE[:1], layouts))
        assert np.isfinite(options["expected"]).all()
        assert len(experiment.generate(engine, turned, experiment.decoding(True, 4, 0))[0]) == 2


def test_answers_are_arranged_by_respondent_trait_condition_and_item():
    answers = ask(scripted.honest)
    assert answers.keyed.values.shape == answers.expected.values.shape == (6, 5, 6, 4)
    assert answers.shifted.shape == (5, 6, 5, 2, 4)
    assert answers.original.shape == answers.negated.shape == answers.likeliest["moved"].shape == (6, 5, 3, 4)
    assert (answers.keyed.values == answers.levels[:, :, None, None]).all()
    assert (answers.original + answers.negated == 6).all()
