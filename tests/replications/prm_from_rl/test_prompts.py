import pytest

from common.errors import InputError
from replications.prm_from_rl import prompts
from replications.prm_from_rl.items import SteppedSolution

ITEM = SteppedSolution("a", "random", "result", "7 + 5 * 3", ("7 + 5 = 13", "13 * 3 = 10"), 0, False)


class Plain:
    def render(self, prompt):
        if not isinstance(prompt, str):
            raise InputError("no chat template")
        return prompt


class Chat:
    def render(self, prompt):
        return "rendered"


@pytest.mark.parametrize(
    ("text", "index"),
    [
        (r"so \boxed{2}", 2),
        (r"\boxed{-1}.", -1),
        (r"first \boxed{1}, no: \boxed{ 3 }", 3),
        (r"\boxed{1} then \boxed{none}", None),
        (r"\boxed{1, 2}", None),
        (r"\boxed{}", None),
        (r"\boxed{12345}", None),
        (r"\boxed{٣}", None),
        ("the index is 2", None),
        ("", None),
        (r"\boxed{" * 50_000, None),
    ],
)
def test_the_last_box_counts_and_must_hold_one_index(text, index):
    assert prompts.boxed_index(text) == index


def test_the_template_numbers_steps_from_0_and_shows_an_own_solution_only_if_there_is_one():
    text = prompts.critique_text(ITEM)
    assert "[0] 7 + 5 = 13\n\n[1] 13 * 3 = 10" in text
    assert "{" not in text.replace(r"\boxed{}", "").replace(r"\boxed{-1}", "")
    assert "yourself" not in text
    assert "solved the problem yourself:\n\nmy words" in prompts.critique_text(ITEM, "my words")


def test_problems_with_braces_are_kept_as_they_are():
    odd = SteppedSolution("b", "g", "real", r"\frac{1}{2} {x}", ("{y}",), -1, True)
    assert r"\frac{1}{2} {x}" in prompts.critique_text(odd)
    assert "{z}" in prompts.critique_text(odd, "{z}")


def test_lab_prompts_are_the_formats_that_models_were_taught():
    form = prompts.format_of("lab", Plain())
    assert form.critique(ITEM, "") == "Question: 7 + 5 * 3 =?\nSteps: <0> 7 + 5 = 13; <1> 13 * 3 = 10;\nCritique:"
    assert form.critique(ITEM, " 7 + 5 = 12;") == (
        "Question: 7 + 5 * 3 =?\nSolution: 7 + 5 = 12;\n\n" + form.critique(ITEM, "")
    )
    assert form.critique(ITEM, " 553") == form.critique(ITEM, "")  # unreadable
    assert form.parse(" <0> 12, 13 wrong; First error: 0\n") == 0
    assert form.parse(" <0> 12, 13 wrong;") is None
    assert form.parse(" <0> wrong; First error: 0; First error: 1\n") == 1  # the last counts, as with boxes
    assert form.parse("") is None


def test_models_with_a_chat_template_are_asked_in_messages_and_others_in_text():
    chat, plain = (prompts.format_of("processbench-math", engine) for engine in (Chat(), Plain()))
    assert chat.solve("1 + 1")[0]["role"] == "user"
    assert plain.solve("1 + 1").endswith("\n\n")
    assert chat.greedy.temperature == 0
    assert (chat.voting.n, chat.voting.temperature, chat.voting.top_p) == (8, 1.0, 0.9)
