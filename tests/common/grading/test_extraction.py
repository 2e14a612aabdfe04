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


@pytest.mark.parametrize("mode", ["stated", "last_number", "choice"])
@pytest.mark.parametrize(
    "text",
    [
        r"\boxed{3} or rather \boxed{\frac{1}{2}",
        r"The answer is \boxed{5",
        r"The answer is 4. So \boxed{4",
        r"\boxed{A} no, \boxed{B",
        r"\boxed{12\text{ cm",
        r"\boxed{",
    ],
)
def test_a_text_that_breaks_off_in_its_last_box_has_no_answer(text, mode):
    assert last_boxed(text) is None
    assert extract_answer(text, mode) is None


def test_an_earlier_box_that_never_closes_does_not_hide_the_last():
    assert last_boxed(r"\boxed{3 or rather \boxed{4}") == "4"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (r"$\boxed 2$", "2"),
        (r"so \boxed5.", "5"),
        (r"\boxed 12 apples", "12"),
        (r"\boxed -3", "-3"),
        (r"$\boxed\frac{1}{2}$", r"\frac{1}{2}"),
        (r"$\boxed x$", "x"),
        (r"\boxed 1.5.", "1.5"),
        (r"$\boxed 2\pi$", r"2\pi"),
        (r"\boxed{3} and then \boxed 4", "4"),
        (r"\boxed 3 and then \boxed{4}", "4"),
        (r"put it in \boxed. The answer is 7.", "7"),
    ],
)
def test_a_box_without_braces_holds_what_stands_next(text, answer):
    assert extract_answer(text) == answer


@pytest.mark.parametrize("mode", ["stated", "last_number"])
@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (r"<think>Try \boxed{3}.</think> The answer is 4.", "4"),
        (r"<think>Try \boxed{3}.</think>\boxed{4}", "4"),
        (r"<think>Try \boxed{3}.", None),
        (r"Try \boxed{3}.</think> The answer is 4.", "4"),
        (r"<think>#### 3</think>", None),
        (r"<think>1</think> 2 <think>The answer is 3.", None),
        (r"<think>a</think><think>The answer is 3.</think> The answer is 4.", "4"),
        (r"<think>\boxed{3</think>The answer is 4.", "4"),
        (r"\boxed{5}", "5"),
    ],
)
def test_an_answer_comes_after_the_thinking(text, answer, mode):
    assert extract_answer(text, mode) == answer


def test_the_tag_of_the_thinking_is_a_parameter():
    text = r"<reasoning>Try \boxed{3}.</reasoning> The answer is 4."
    assert extract_answer(text, thinking="reasoning") == "4"
    assert extract_answer(text) == "3"
    assert extract_answer(r"<think>Try \boxed{3}.", thinking=None) == "3"
    assert extract_answer("<reasoning>The answer is 3.", thinking="reasoning") is None


@pytest.mark.parametrize("mode", ["stated", "last_number"])
@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("The answer is 72, in total, so she earns that much.", "72"),
        ("The answer is 72 in total.", "72"),
        ("The answer is 5/6 of the pie.", "5/6"),
        ("The answer is 5/6.", "5/6"),
        ("The answer is $72, because 8 * 9 = 72.", "$72"),
        ("The answer is 12 of them, so 3 are left.", "12"),
        ("The answer is 3, which is odd.", "3"),
        ("The answer is 1,250, as wanted.", "1,250"),
        ("The answer is -4 since x is negative.", "-4"),
        ("Answer: 7 for 5 days.", "7"),
        (r"\boxed{(2,3)}", "(2,3)"),
        (r"\boxed{1/\sqrt{2}}", r"1/\sqrt{2}"),
        (r"\boxed{x = 5}", "x = 5"),
        (r"\boxed{3, 4}", "3, 4"),
        (r"\boxed{\frac{1}{2}}", r"\frac{1}{2}"),
        (r"\boxed{5\text{ cm}}", r"5\text{ cm}"),
        (r"\boxed{\begin{pmatrix} 1 \\ 2 \end{pmatrix}}", r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}"),
        (r"The answer is $\frac{1}{2}$ of the pie.", r"$\frac{1}{2}$"),
        ("The answer is $(2,3)$.", "$(2,3)$"),
    ],
)
def test_an_answer_is_cut_out_whole_in_either_mode(text, answer, mode):
    assert extract_answer(text, mode) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("The answer is 1, 2, and 3.", "1, 2, and 3"),
        ("The answer is x = 2, y = 3.", "x = 2, y = 3"),
        ("The answer is Paris, France.", "Paris, France"),
        ("The answer is 5 in.", "5 in"),
        ("The answer is 18 dollars.", "18 dollars"),
    ],
)
def test_a_list_and_a_unit_stay_whole(text, answer):
    assert extract_answer(text) == answer


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("Answer: D", "D"),
        ("The answer is (B).", "B"),
        ("The correct answer is: **C**", "C"),
        (r"so \text{E}", "E"),
        ("therefore (E)", "E"),
        ("E: its text", "E"),
        ("Some thoughts.\nE: its text", "E"),
        ("D", "D"),
        (r"\boxed{\text{E}}", "E"),
        (r"\boxed{(E)}", "E"),
        (r"\boxed{\textbf{(C)}\ 12}", "C"),
        (r"\boxed{E: its text}", "E"),
        (r"\boxed{D}. The answer is 42.", "D"),
        (r"\boxed{b}", "B"),
        (r"Answer: D, as $\boxed{42}$.", "D"),
        (r"\boxed{42} is (E)", "E"),
        (r"\boxed{42}, so \text{E}", "E"),
        ("\\boxed{42}\nE: its text", "E"),
        ("#### B", "B"),
        ("The answer is option C", "C"),
        ("(A) is wrong, (B) too; the answer is C because (A) fails.", "C"),
        ("Answer: A\n", "A"),
        ("Answer: A train leaves at noon.", None),
        ("I think so", None),
        ("The answer is 42", None),
        ("", None),
        ("<think>Answer: A</think> Answer: B", "B"),
        ("<think>Answer: A", None),
    ],
)
def test_the_letter_of_a_choice_is_found_where_it_is_declared(text, letter):
    assert extract_answer(text, "choice") == letter


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


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("The answer is 17 - 1 = 16.", "16"),
        ("The answer is x = 2.", "2"),
        ("The answer is $x = 2$.", "2"),
        ("The answer is 5/6 pies.", "5/6"),
        ("She ate 5/6 of the pie.", "5/6"),
        (r"\boxed{\text{nine}} and 9", "9"),
    ],
)
def test_the_last_number_of_a_statement_that_is_no_number(text, number):
    assert extract_answer(text, mode="last_number") == number


def test_an_unknown_mode_is_refused():
    with pytest.raises(InputError, match="'stated' or 'last_number' or 'choice'"):
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
    assert extract_answer(text, mode="choice") is None
