import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.grading.verdicts import parse_verdict, parse_verdict_strict

QUESTION = "Verification: Is the answer correct (Yes/No)?"


@pytest.mark.parametrize(
    "text",
    [
        f"Step 1 is fine.\n{QUESTION} {{}}",
        f"{QUESTION} **{{}}**",
        f"**{QUESTION} {{}}**",
        f"**{QUESTION}** {{}}\n\n**Final grade: A**",
        f"{QUESTION}\n{{}}",
        f"{QUESTION}\n\n**{{}}**.\nThe total in step 3 is now fine.",
        f"<b>Final Grade:</b> {QUESTION} <b>{{}}</b>",
        f'The grade is "{QUESTION} {{}}".',
        f"{QUESTION.upper()} {{}}",
        "Is the solution correct? **{}**",
        "correct? (Yes/No) **{}**",
        "Is the answer correct? (Yes/No) {}",
        "Is the answer correct? (No/Yes) {}",
        "Is the answer correct? (Yes/No)? {}, because of step 2",
        "Is the answer correct? ({})",
        "Is the final answer correct: {}",
        "Is the answer given here correct (yes / no)? - {}",
        f"{QUESTION} No\n\nOn reflection: {QUESTION} Yes\n\n{QUESTION} {{}}",
    ],
)
def test_a_verdict_is_read_in_the_forms_that_verifiers_use(text):
    assert parse_verdict(text.format("Yes")) is True
    assert parse_verdict(text.format("No")) is False
    assert parse_verdict(text.format("NO")) is False


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The solution looks right to me.",
        QUESTION,
        f"{QUESTION} X",
        "Is the answer correct (Yes",
        "Is the answer correct? (No",
        "Is the answer correct? Yes/No",
        f"{QUESTION} Not sure",
        f"{QUESTION} unknown",
        f"{QUESTION} None of it",
        f"{QUESTION} Nope, cannot tell. Yes?",
        f"{QUESTION} Partially. No error in step 1.",
        "Verification: Yes",
        "The answer is correct. No mistakes were found.",
        "Is step 3 correct? No",
        "Is this step correct (Yes/No)? No",
        "The answer is not correct: yes, really",
        "The answer is incorrect: no doubt",
    ],
)
def test_what_is_no_verdict_on_the_answer_gives_none(text):
    assert parse_verdict(text) is None


def test_the_last_verdict_wins_over_a_step_and_over_an_earlier_one():
    assert parse_verdict(f"{QUESTION} Yes. Hm.\n{QUESTION} No") is False
    assert parse_verdict(f"{QUESTION} Yes\nIs step 2 correct? No") is True


@given(st.text(max_size=80), st.booleans())
def test_a_verdict_on_a_last_line_of_its_own_is_read_after_any_text(text, verdict):
    assert parse_verdict(f"{text}\n\n{QUESTION} {'Yes' if verdict else 'No'}") is verdict


@given(st.text(alphabet="abdfgijklmpqrtuvwxz \n.*", max_size=80))
def test_text_without_the_letters_of_a_verdict_has_none(text):
    assert parse_verdict(f"{QUESTION} {text}") is None


def test_the_strict_reading_wants_the_verdict_on_the_last_line():
    assert parse_verdict_strict(f"{QUESTION} Yes") is True
    assert parse_verdict_strict(f"{QUESTION} **No**\n") is False
    assert parse_verdict_strict(f"{QUESTION} Yes\n\nFinal grade: A") is None
    assert parse_verdict_strict(f"{QUESTION}\nNo") is None


def test_the_strict_reading_takes_the_choices_for_a_yes():
    text = "Is the answer correct? (Yes/No) **No**"
    assert parse_verdict_strict(text) is True
    assert parse_verdict(text) is False


def test_the_strict_reading_takes_words_with_no_in_them_for_a_no():
    assert parse_verdict_strict(f"{QUESTION} unknown") is False
    assert parse_verdict_strict(f"{QUESTION} cannot say") is False


def test_the_strict_reading_falls_back_on_a_status():
    assert parse_verdict_strict("Status: Correct") is True
    assert parse_verdict_strict("Assessment: incorrect") is False
    assert parse_verdict_strict("nothing") is None


@pytest.mark.parametrize(
    "piece",
    [
        "answer ",
        "answer a a a ",
        "correct? ",
        "yes/no",
        "(yes ",
        "<a",
        "*",
        " ",
        "Is the answer correct? ",
        f"{QUESTION} ",
        "status: ",
    ],
)
def test_a_megabyte_of_one_piece_is_read_in_linear_time(piece):
    text = piece * (1_000_000 // len(piece)) + "\n."
    assert parse_verdict(text) is None
    assert parse_verdict_strict(text) is None
