"""What a model is shown to solve a problem and to verify a solution.

Lab models are asked in the words they were taught, as plain strings (`lab.formats`). Any other model is asked in one
message if it has a chat template, or else by a plain text with two worked examples (ours). All verifications end in the
same question and verdict.
"""

from collections.abc import Sequence

from common import asking
from common.engines import Engine, Prompt
from lab.exam import VERDICT

SOLVE = "Solve the problem step by step. End with a line of the form: The final answer is X."
VERIFY = (
    "Check the proposed solution of the problem step by step. End with a line of the form: "
    f"Verification: {VERDICT} X, where X is Yes or No."
)
SHOTS = (
    (
        "A shelf holds 4 boxes with 6 jars each. 5 jars are empty. How many are full?",
        "There are 4 * 6 = 24 jars. Of these 24 - 5 = 19 are full.\nThe final answer is 19.",
        "4 boxes with 6 jars each are 24 jars, as written. Without the 5 empty ones 19 are left, as written.",
        "Yes",
    ),
    (
        "Ada walks 3 km a day from Monday to Friday and 7 km on Saturday. How far does she walk?",
        "From Monday to Friday she walks 3 * 5 = 15 km. With Saturday it is 15 + 7 = 21 km.\nThe final answer is 21.",
        "5 days of 3 km are 15 km, as written. But 15 + 7 is 22, and the solution says 21.",
        "No",
    ),
)
"""Problem, solution, verification and verdict."""
SOLVED = (SHOTS[0][1], SHOTS[1][1].replace("21", "22"))
"""The right solutions of the same problems."""


def to_solve(engine: Engine, problem: str) -> Prompt:
    """The prompt for a solution of a problem in words."""
    shots = [f"Problem: {shot[0]}\nSolution: {text}" for shot, text in zip(SHOTS, SOLVED, strict=True)]
    return _in_form(engine, SOLVE, shots, f"Problem: {problem}\nSolution:")


def to_verify(engine: Engine, problem: str, solution: str) -> Prompt:
    """The prompt for a verification of a solution."""
    shots = [
        f"Problem: {question}\nSolution: {text}\nCheck: {check}\nVerification: {VERDICT} {verdict}"
        for question, text, check, verdict in SHOTS
    ]
    return _in_form(engine, VERIFY, shots, f"Problem: {problem}\nSolution: {solution.strip()}\nCheck:")


def _in_form(engine: Engine, instruction: str, shots: Sequence[str], text: str) -> Prompt:
    """One message where the model has a chat template, else a text with worked examples."""
    message = f"{instruction}\n\n{text.rpartition(chr(10))[0]}"
    return asking.prompt(engine, asking.user(message), "\n\n".join([instruction, *shots, text]))
