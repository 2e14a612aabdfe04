import numpy as np
import pytest

from common import subjects
from common.engines import Sampling, load_engine
from common.errors import InputError
from replications.self_assessment import experiment as asking
from replications.self_assessment.arrangements import ARRANGEMENTS
from replications.self_assessment.inventories import inventory, respondents
from replications.self_assessment.shifts import CONDITIONS
from tests.replications.self_assessment import scripted
from tests.replications.self_assessment.scripted import Scripted

PEOPLE = respondents("lab", 2, "dev")
ITEMS = inventory("lab", 2)
MAIN = asking.questions(ITEMS, PEOPLE, CONDITIONS)


def test_every_item_is_asked_of_everybody_under_every_prompt():
    assert len(MAIN) == 10 * 2 * 6
    assert not MAIN.duplicated(["model", "template", "order", "item"]).any()
    first = MAIN.iloc[0]
    assert first["messages"][0]["content"].startswith(f"You are {PEOPLE[0].name}.\n")


def test_a_negation_is_asked_under_the_items_own_name_and_key():
    turned = asking.questions(ITEMS, PEOPLE, CONDITIONS[:1], negated=True)
    assert set(zip(turned["item"], turned["key"], strict=True)) == set(zip(MAIN["item"], MAIN["key"], strict=True))
    assert all("I do not " in row.messages[0]["content"] for row in turned.itertuples())


def test_an_honest_respondent_scores_what_is_true_in_both_readouts():
    engine = Scripted(scripted.honest)
    read = asking.generate(engine, MAIN, Sampling(temperature=0.0, n=2))
    levels = {r.name: r.levels for r in PEOPLE}
    true = [float(levels[row.model][row.trait]) for row in MAIN.itertuples()]
    assert len(read) == 2
    assert read[0]["keyed"].tolist() == read[1]["keyed"].tolist() == true
    layouts = [("MPI", order) for order in ARRANGEMENTS] + [("ENFJ", "moved"), ("ENFJ", "relabelled")]
    asked = asking.questions(ITEMS, PEOPLE, layouts)
    options = asking.options(engine, asked)
    true = [float(levels[row.model][row.trait]) for row in asked.itertuples()]
    assert options["keyed"].tolist() == true
    assert options["expected"].to_numpy() == pytest.approx(0.5 * np.array(true) + 0.1 * 15, abs=1e-5)
    assert options["mass"].to_numpy() == pytest.approx(1, abs=1e-5)
    assert options[asking.PROBABILITIES].sum(axis=1).to_numpy() == pytest.approx(1)


def test_probabilities_are_renormalised_and_their_mass_is_kept():
    class Faint(Scripted):
        def logprobs(self, prompts, continuations):
            return [scores - 700 for scores in super().logprobs(prompts, continuations)]

    options = asking.options(Faint(scripted.honest), MAIN)
    assert options["mass"].max() < 1e-200
    assert options[asking.PROBABILITIES].max(axis=1).to_numpy() == pytest.approx(0.6, abs=1e-4)


def test_a_respondent_that_refuses_every_item_is_counted_not_dropped_in_silence():
    read = asking.generate(Scripted(scripted.refusing), MAIN, Sampling())[0]
    assert len(read) == len(MAIN)
    assert read["label"].isna().all()
    assert read["refusal"].all()
    assert set(read["reason"]) == {"no label"}


def test_a_template_without_system_role_gets_one_message_and_one_without_chat_gets_text():
    asked = MAIN["messages"][:2].tolist()
    joined = "\n".join(message["content"] for message in asked[0])
    assert asking.prompts(Scripted(scripted.honest), asked)[0] == asked[0]
    refuses = scripted.without_system_role(Scripted(scripted.honest))
    assert asking.prompts(refuses, asked)[0] == [{"role": "user", "content": joined}]
    assert asking.prompts(scripted.without_chat(), asked)[0] == joined


def test_the_budget_is_told_beforehand():
    assert asking.budget(720, 2, Sampling(max_tokens=8)).endswith("= 11,520 generated tokens at most")


def test_a_lab_models_answer_ends_with_its_line_and_decoding_is_greedy():
    assert asking.decoding(True, 8, 3) == Sampling(temperature=0.0, max_tokens=8, stop=("\n",), seed=3)
    assert asking.decoding(False, 120, 3).stop == ()


def test_nothing_to_ask_is_refused():
    with pytest.raises(InputError, match="nothing to ask"):
        asking.prompts(Scripted(scripted.honest), [])


def test_a_lab_model_reads_every_prompt_of_the_experiment(chat_model):
    """And any chat model does: the one here is random, its answers are noise."""
    for model in ("lab-0.15m", str(chat_model)):
        engine = load_engine(subjects.find(model).source, engine="hf", store=None)
        layouts = [("WHO", "shifted2"), ("ENFJ", "moved"), ("MPI", "relabelled")]
        turned = asking.questions(ITEMS[:2], PEOPLE[:1], layouts[:1], negated=True)
        options = asking.options(engine, asking.questions(ITEMS[:2], PEOPLE[:1], layouts))
        assert np.isfinite(options["expected"]).all()
        assert len(asking.generate(engine, turned, asking.decoding(True, 4, 0))[0]) == 2
