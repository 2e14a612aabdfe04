import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InputError
from common.grading.extraction import extract_answer, last_boxed

MEGABYTE = 1_000_000


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("He has 40 + 2 = 42 eggs.\n#### 42", "42"),
        ("#### 1,234\n", "1,234"),
        ("#### 3\nWait.\n#### 4", "4"),
        (r"so $x = \boxed{\frac{1}{2}}$.", r"\frac{1}{2}"),
        (r"\boxed{1} and then \boxed{2}", "2"),
        (r"\boxed {7}", "7"),
        (r"\boxed{\{1, 2\}}", r"\{1, 2\}"),
        (r"\fbox{9}", "9"),
        (r"\boxed{\boxed{5}}", r"\boxed{5}"),
        ("Final Answer: The final answer is 17. I hope it is correct.", "17"),
        (r"Final Answer: The final answer is $\frac{3}{4}$. I hope it is correct.", r"$\frac{3}{4}$"),
        (r"The final answer is \(x+1\), as wanted.", r"\(x+1\)"),
        ("The answer is 3.5.", "3.5"),
        ("The answer is $1,000. He is rich.", "$1,000"),
        ("The answer is $5 and not $6.", "$5 and not $6"),
        ("The answer is: **12**", "12"),
        ("**Answer:** 8", "8"),
        ("The answer is 5. Wait, no, the answer is 6.", "6"),
        ("The final answer is:\n\n72\n", "72"),
        ("The answer is (B).", "(B)"),
    ],
)
def test_a_stated_answer_is_read(text, answer):
    assert extract_answer(text) == answer


@pytest.mark.parametrize(
    "text",
    [
        "",
        "There are 12 of them, I think",
        r"\boxed{5",
        r"\boxed{}",
        "#### Step 2: add them up",
        "The answer is",
        "The answers are many",
    ],
)
def test_a_text_that_states_no_answer_gives_none(text):
    assert extract_answer(text) is None


def test_an_explicit_mark_beats_a_sentence():
    assert extract_answer("#### 4\nSo the answer is four.") == "4"
    assert extract_answer(r"\boxed{4}. So the answer is four.") == "4"


def test_a_box_that_never_closes_does_not_hide_an_earlier_one():
    assert last_boxed(r"\boxed{3} or rather \boxed{\frac{1}{2}") == "3"


def test_the_last_number_is_taken_only_on_request():
    assert extract_answer("3 and 4 make 7 apples") is None
    assert extract_answer("3 and 4 make 7 apples", mode="last_number") == "7"
    assert extract_answer("no digits here", mode="last_number") is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("She pays $1,250.50 in the end.", "$1,250.50"),
        ("it falls to -3", "-3"),
        ("between 10-20", "20"),
        ("1, 2, 3", "3"),
        ("1,2,3", "3"),
        ("5 in 1,000.", "1,000"),
        ("a point at .5", ".5"),
    ],
)
def test_the_last_number_is_read_whole(text, number):
    assert extract_answer(text, mode="last_number") == number


def test_the_last_number_mode_prefers_the_statement():
    assert extract_answer("#### 4\n(see step 9)", mode="last_number") == "4"
    assert extract_answer("The answer is 18 dollars. See step 9.", mode="last_number") == "18"
    assert extract_answer("9 in words: the answer is nine.", mode="last_number") == "9"


def test_an_unknown_mode_is_refused():
    with pytest.raises(InputError, match="'stated' or 'last_number'"):
        extract_answer("#### 4", mode="guess")


@given(st.text(max_size=200))
def test_any_text_can_be_read(text):
    answer = extract_answer(text, mode="last_number")
    assert answer is None or (answer in text and answer)


@given(st.integers(min_value=-(10**12), max_value=10**12), st.text(alphabet="abc ,.\n", max_size=50))
def test_a_number_in_a_box_is_found_in_any_prose(number, prose):
    assert extract_answer(f"{prose}\\boxed{{{number}}}{prose}") == str(number)


@pytest.mark.parametrize(
    "piece",
    [
        r"\boxed{",
        "{",
        "}",
        "\\",
        "$",
        "#### ",
        "answer is ",
        "answer:",
        "answer is $x",
        " ",
        "9",
        "1,",
        "-",
        "I hope it ",
    ],
)
def test_a_megabyte_of_one_piece_is_read_in_linear_time(piece):
    text = piece * (MEGABYTE // len(piece))
    assert last_boxed(text) is None
    answer = extract_answer(text, mode="last_number")
    assert answer is None or answer in text
