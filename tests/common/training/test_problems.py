import pytest

from common.errors import InputError
from common.training.loop import Settings
from common.training.problems import Problems
from common.training.rewards import TrainerState
from common.training.rollout import Policy
from tests.common.training import toy

SETTINGS = Settings(steps=1, learning_rate=0.1, max_new_tokens=4)


def problems(columns, reward=toy.begins, needed=1):
    return Problems(Policy(toy.llama(), toy.tokenizer()), columns, reward, SETTINGS, needed)


def test_the_reward_sees_each_completion_beside_its_prompt_and_columns():
    seen = {}

    def notes(**given):
        seen.update(given)
        return list(range(len(given["completions"])))

    drawn = problems(toy.PROMPTS, notes).draw([9, 2], 3, TrainerState(7, 1))
    assert seen["prompts"] == ["bb:"] * 3 + ["ac:"] * 3
    assert seen["answer"] == ["b"] * 3 + ["a"] * 3
    assert seen["trainer_state"] == TrainerState(7, 1)
    assert seen["completions"] == drawn[0].group.texts + drawn[1].group.texts
    assert seen["completion_ids"] == drawn[0].group.completions + drawn[1].group.completions
    assert [scored.rewards.tolist() for scored in drawn] == [[0, 1, 2], [3, 4, 5]]


def test_another_step_draws_other_completions_and_another_redraw_of_a_prompt_the_same():
    task = problems(toy.PROMPTS)
    texts = [task.draw([9], 8, state)[0].group.texts for state in map(TrainerState, [0, 0, 1])]
    assert texts[0] == texts[1] != texts[2]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"question": ["a:"]}, "need a column 'prompt', they have question"),
        ({"prompt": ["a:", "b:"], "answer": ["a"]}, "must have one length, they have {'prompt': 2, 'answer': 1}"),
        ({"prompt": ["a:", "b:"], "answer": ["a", "b"]}, "have 2 prompts, a step takes 3"),
    ],
)
def test_columns_that_do_not_fit_are_refused(columns, said):
    with pytest.raises(InputError, match=said):
        problems(columns, needed=3)
