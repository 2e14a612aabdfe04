import re

import pytest

from common.errors import InputError
from common.labels import POINTS
from common.tasks import Question
from lab.tokenizer import readable
from replications.p_true.p_true import prompts
from replications.p_true.p_true.prompts import (
    COMPARISON_20,
    COMPARISON_SIX,
    CONDITIONS,
    ONE_20,
    SIX_IN_WORDS,
    SWAPPED,
    Judged,
    six_of_the_lab,
)
from replications.p_true.tasks import Sample
from tests.replications.p_true.made_up_models import QUESTIONS, head_of

ONE = Judged("What is 3 + 4?", ("7", "7", "8", "7", "9"), True)
QUESTION = Question("1", "What?", "Question: What?\nAnswer:", "7", "7")


def samples(*texts):
    return [Sample(text, None if text == "?" else text, text == "7", -1.0) for text in texts]


def test_conditions_have_names_of_their_own():
    assert len({condition.name for condition in CONDITIONS}) == 5
    assert SWAPPED.name == "comparison, 20 shots, labels swapped"


def test_the_first_readable_sample_is_judged_among_five_with_its_repetitions():
    found = prompts.judged(QUESTION, samples("?", "8", "7", "7", "?", "9", "8", "7"))
    assert found == Judged("What?", ("8", "7", "7", "9", "8"), False)
    assert prompts.judged(QUESTION, samples("?", "8", "7", "7", "?", "9")) is None


def test_ideas_are_shown_in_comparison_alone_and_the_first_is_judged():
    with_ideas, alone = (prompts.prompt(ONE, condition).prompt for condition in (COMPARISON_20, ONE_20))
    assert "brainstormed ideas: 7\n 7\n 8\n 7\n 9\nPossible Answer: 7\n" in with_ideas
    assert "ideas" not in alone
    assert "Proposed Answer: 7\n" in alone


def test_swapping_moves_the_words_and_not_the_truth():
    usual, swapped = (prompts.prompt(ONE, condition) for condition in (COMPARISON_20, SWAPPED))
    assert "(A) True\n (B) False" in usual.prompt
    assert "(A) False\n (B) True" in swapped.prompt
    assert (usual.completion, swapped.completion) == (" (A)\n", " (B)\n")


def test_six_of_the_lab_are_three_of_either_task_with_three_true():
    six = six_of_the_lab(0)
    assert [bool(re.match("What is the", one.question)) for one in six] == [True, False] * 3
    assert sum(one.right for one in six) == 3
    for one in six:
        question = QUESTIONS[one.question]
        assert one.right == (one.ideas[0] == question.answer)
        assert len(one.ideas) == 5
    assert six_of_the_lab(0) == six
    assert six_of_the_lab(1) != six
    assert readable("".join(head_of(six, COMPARISON_SIX)))


def test_six_in_words_are_balanced_and_judge_the_first_idea():
    assert sum(one.right for one in SIX_IN_WORDS) == 3
    assert {len(one.ideas) for one in SIX_IN_WORDS} == {5}
    sums = {"What is 46 plus 8?": 46 + 8, "What is 27 times 314?": 27 * 314}
    for one in SIX_IN_WORDS:
        if one.question in sums:
            assert one.right == (one.ideas[0] == f"{sums[one.question]:,}")


def test_examples_end_where_the_next_question_begins():
    assert head_of([ONE] * 2, COMPARISON_20).count("The possible answer is: (A)\n\n") == 2


def test_a_layout_letters_examples_and_questions_alike():
    shown = prompts.prompt(ONE, ONE_20, POINTS)
    assert shown.prompt.endswith("Is the proposed answer:\nA. True\nB. False\nThe proposed answer is:")
    assert shown.completion == " A\n"


def test_twenty_examples_skip_those_without_five_readable_samples():
    readable_one, unreadable_one = samples(*"77777"), samples(*"7777?")
    examples = [QUESTION] * 24
    found = prompts.first_twenty(examples, [unreadable_one, *[readable_one] * 20, *[unreadable_one] * 3])
    assert len(found) == 20
    with pytest.raises(InputError, match="20 shots need 20 dev questions with five readable samples each"):
        prompts.first_twenty(examples, [*[readable_one] * 19, *[unreadable_one] * 5])
