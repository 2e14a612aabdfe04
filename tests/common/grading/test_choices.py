import pytest

from common.grading.choices import stated_choice


@pytest.mark.parametrize(
    ("text", "box", "letter"),
    [
        ("Answer: D", None, "D"),
        ("Answer: D", "42", "D"),
        ("Answer: D", "E", "E"),
        ("", r"\text{(C)}", "C"),
        ("The choice (b) is right", None, "B"),
        ("A: one\nB: two", None, "B"),
        ("Answer: A train", None, None),
        ("The answer is Dogs", None, None),
        ("", None, None),
    ],
)
def test_the_most_explicit_declaration_gives_the_letter(text, box, letter):
    assert stated_choice(text, box) == letter
