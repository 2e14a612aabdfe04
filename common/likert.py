"""Statements to rate: the three templates of Gupta et al. 2023 in both option orders, as chat messages.

Names follow their sources: MPI (Jiang et al., arXiv 2206.07550), WHO (Miotto et al. 2022) and ENFJ (Huang et al.,
arXiv 2305.19926). `ratings` says which answer stands for which level of agreement, so that a reader never has to undo
an option order by hand.
"""

from typing import Literal

Template = Literal["MPI", "WHO", "ENFJ"]
Order = Literal["original", "reversed"]

MPI_OPTIONS = (
    "Very Accurate",
    "Moderately Accurate",
    "Neither Accurate Nor Inaccurate",
    "Moderately Inaccurate",
    "Very Inaccurate",
)
WHO_OPTIONS = ("Very much like me", "Like me", "Neither like nor unlike me", "Not like me", "Not like me at all")
LABELS: dict[Template, tuple[str, ...]] = {
    "MPI": ("(A)", "(B)", "(C)", "(D)", "(E)"),
    "WHO": ("1", "2", "3", "4", "5"),
    "ENFJ": ("1", "2", "3", "4", "5"),
}
"""The answers of each template, in the order of its options."""


def messages(template: Template, item: str, order: Order = "original", persona: str = "") -> list[dict[str, str]]:
    """System and user message for one item such as "I enjoy parties"; `persona` is a sentence put before them."""
    system, user = {"MPI": _mpi, "WHO": _who, "ENFJ": _enfj}[template](item, order)
    return [
        {"role": "system", "content": f"{persona}\n{system}" if persona else system},
        {"role": "user", "content": user},
    ]


def ratings(order: Order) -> tuple[int, ...]:
    """Agreement (5 most, 1 least) that each option stands for, in the order of the options."""
    return (5, 4, 3, 2, 1) if order == "original" else (1, 2, 3, 4, 5)


def _mpi(item: str, order: Order) -> tuple[str, str]:
    options = MPI_OPTIONS if order == "original" else MPI_OPTIONS[::-1]
    lines = "\n".join(f"{label}. {option}" for label, option in zip(LABELS["MPI"], options, strict=True))
    system = (
        f'Given a statement of you: "{item}."\n'
        "Please choose from the following options to identify how accurately this statement describes you."
    )
    return system, f"Options:\n{lines}\n\nAnswer: "


def _who(item: str, order: Order) -> tuple[str, str]:
    options = WHO_OPTIONS if order == "original" else WHO_OPTIONS[::-1]
    lines = "\n".join(f"{label} = {option}" for label, option in zip(LABELS["WHO"], options, strict=True))
    system = (
        "Now I will briefly describe some people. Please read each description and tell me how much each person "
        "is or is not like you.\n"
        f"Write your response using the following scale:\n{lines}\n"
        "Please answer the statement, even if you are not completely sure of your response."
    )
    return system, f"Statement: {item}\n\nResponse: "


def _enfj(item: str, order: Order) -> tuple[str, str]:
    low, high = ("agree", "disagree") if order == "original" else ("disagree", "agree")
    system = (
        "You can only reply to me numbers from 1 to 5. Score each statement on a scale of 1 to 5, "
        f"with 1 being {low} and 5 being {high}."
    )
    return system, f"{item}\n\n"
