import numpy as np
import pytest

from common.errors import InputError
from replications.p_true.p_true import experiment, prompts, tables
from replications.p_true.p_true.prompts import COMPARISON_20, CONDITIONS, ONE_SIX, Judged
from replications.p_true.tasks import SAMPLES, load_tasks
from tests.replications.p_true.made_up_models import QUESTIONS, MadeUp, head_of, insider
from tests.replications.p_true.p_true.made_up_experiment import MODELS, perform


def test_p_true_is_that_of_the_label_of_true_wherever_it_stands():
    question = next(iter(QUESTIONS.values()))
    items = [Judged(question.text, (value,) * 5, value == question.answer) for value in question.values]
    for condition in CONDITIONS:
        p, mass = experiment.p_true(MadeUp(judge=insider), [], items, condition)
        np.testing.assert_allclose(p, [0.9 if item.right else 0.1 for item in items], atol=1e-6)
        assert (mass == 0.75).all()


def test_every_model_judges_itself_everywhere_and_sizes_judge_each_other_once(judged):
    keys = judged.experiment.judged
    own = {(key.evaluator, key.condition) for key in keys if key.evaluator == key.writer}
    assert own == {(model.name, condition.name) for model in MODELS for condition in CONDITIONS}
    others = {(key.evaluator, key.writer, key.condition) for key in keys if key.evaluator != key.writer}
    assert others == {("large", "small", COMPARISON_20.name), ("small", "large", COMPARISON_20.name)}


def test_an_insider_knows_right_from_wrong_in_every_condition(judged):
    for condition in CONDITIONS:
        rows = judged.experiment.rows("facts", condition, "large")
        np.testing.assert_allclose(rows["p_true"], np.where(rows["right"] == 1, 0.9, 0.1), atol=1e-6)


def test_the_baselines_are_read_off_the_samples(judged):
    task = judged.experiment.tasks["facts"]
    drawn = experiment.draw(MadeUp("large", insider, unreadable=0.1), task, task.questions, 0)
    rows = judged.experiment.written["facts", "large"].rows
    for question, samples in zip(task.questions, drawn, strict=True):
        readable = [sample for sample in samples if sample.answer is not None]
        row, answers = rows.loc[question.id], [sample.answer for sample in readable]
        shares = np.array([answers.count(answer) / len(answers) for answer in set(answers)])
        assert row["right"] == readable[0].right
        assert row["likelihood"] == pytest.approx(np.exp(readable[0].logprob))
        assert row["certainty"] == pytest.approx(np.exp((shares * np.log(shares)).sum()))
        assert row["agreement"] == answers[:5].count(answers[0]) / 5
        assert row["share_right"] == pytest.approx(np.mean([sample.right for sample in readable]))
        assert row["unreadable"] == SAMPLES - len(readable)


def test_the_judge_sees_its_own_examples_whoever_wrote_the_sample():
    large, small = MadeUp("large", insider), MadeUp("small")
    tasks = load_tasks(("facts",), "dev", 10, 0)
    made = experiment.perform({"large": large, "small": small}, MODELS[:2], tasks, 0)
    heads = {name: head_of(made.written["facts", name].examples, COMPARISON_20) for name in ("large", "small")}
    assert heads["large"] != heads["small"]
    long = [prompt for prompt in large.asked if prompt.count("Question: ") == 21 and "ideas" in prompt]
    usual = [prompt for prompt in long if "(A) True" in prompt]
    assert len(usual) == 20
    assert all(prompt.startswith(heads["large"]) for prompt in usual)


def test_the_fixed_prompt_is_the_same_for_all_models_and_tasks_and_the_examples_are_not():
    engines = {"large": MadeUp("large"), "small": MadeUp("small")}
    perform(engines, MODELS[:2], questions=10)
    six = prompts.six_of_the_lab(0)
    for engine in engines.values():
        short = [prompt for prompt in engine.asked if prompt.count("Question: ") == 7 and "ideas" in prompt]
        assert len(short) == 20
        assert all(prompt.startswith(head_of(six, prompts.COMPARISON_SIX)) for prompt in short)


def test_a_question_without_five_readable_samples_is_left_out_and_counted():
    made = perform({"large": MadeUp("large", unreadable=0.82)}, MODELS[:1], ("facts",))
    table = tables.written_table(made).iloc[0]
    assert 0 < table["left_out"] < table["asked"] == 80
    assert len(made.rows("facts", ONE_SIX, "large")) == 80 - table["left_out"]
    assert table["unreadable"] > 0.7


def test_a_model_without_readable_samples_is_refused_in_one_line():
    with pytest.raises(InputError, match="facts: 0 of 80 questions have five readable samples, it takes two"):
        perform({"large": MadeUp("large", unreadable=1.0)}, MODELS[:1], ("facts",))


def test_tokens_are_counted_before_they_are_spent(judged):
    assert experiment.most_tokens(judged.experiment.tasks["facts"]) == (80 + 40) * 30 * 4
