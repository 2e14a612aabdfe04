r"""Ten thousand hostile answers graded: how many are refused, how many run out of time, what it costs, what it breaks.

``python -m benchmarks.hostile_answers`` writes benchmarks/results/hostile_answers.json. The answers are a seeded
mixture of power towers, megabyte strings, unbalanced and deep brackets, code that tries to leave a canary file,
expressions that pass the screens and are dear to simplify, random LaTeX, random Unicode, and, as a control that
grading still works, correct answers in another spelling. Each is graded against a target that a benchmark might have.
"""

import json
import platform
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from common.grading import Judge

SEED = 0
COUNT = 10_000
RESULTS = Path(__file__).parent / "results" / "hostile_answers.json"

TARGETS = {
    "42": ["42.0", "042", "$42", r"\boxed{42}", "42%", r"\frac{84}{2}", r"6 \cdot 7", "x=42"],
    r"\frac{1}{2}": ["0.5", "1/2", r"\frac12", r"\dfrac{2}{4}", r"2^{-1}", r"\sin(\pi/6)"],
    r"2\sqrt{2}": [r"\sqrt{8}", r"\sqrt{2} \cdot 2", r"\frac{4}{\sqrt{2}}"],
    "x^2+2x+1": ["(x+1)^2", "1+2x+x^2", "x(x+2)+1"],
}
PAYLOADS = [
    "__import__('os').system('touch {}')",
    "open('{}','w').write('1')",
    "exec(\"open('{}','w')\")",
    "<script>fetch('http://localhost/{}')</script>",
    "$(touch {})",
    "`touch {}`",
    "1; touch {}",
    r"\write18{{touch {}}}",
    r"\input{{{}}}",
    r"\operatorname{{exec}}(open('{}','w'))",
    "(lambda: open('{}','w'))()",
    "{{{{ open('{}','w') }}}}",
    "'; DROP TABLE answers; -- {}",
]
DEAR = [
    r"(x+{0})^{{{1}}}-(y+{2})^{{{1}}}",
    r"((9^{{{1}}})^{{{1}}})^{{{1}}}+{0}",
    r"\sqrt[{0}]{{x^{{{1}}}+{2}}}",
    r"\frac{{(x^{{{0}}}-1)^{{{2}}}}}{{(x-1)^{{{0}}}}}",
    r"\binom{{{1}{0}}}{{{1}}}",
    r"\prod x^{{{1}}}",
    r"{1}!+{0}!",
    r"\sin(x)^{{{0}}}+\cos(y)^{{{2}}}",
    r"\int_0^{{{0}}} e^{{x^{{{1}}}}} dx",
]
TOKENS = [
    *"0123456789xyzabn+-*/=<>(){}[],.!^_|&%$ ",
    *(f"\\{name}" for name in ("frac", "sqrt", "pi", "infty", "le", "cup", "sin", "log", "cdot", "times", "text")),
    *(f"\\{name}" for name in ("binom", "left(", "right)", "{", "}", "\\", "boxed", "begin{matrix}", "end{matrix}")),
    "{1}", "{2}{3}", "^{2}", "_{n}", "10^", r"\frac{1}{x}",
]  # fmt: skip

Maker = Callable[[np.random.Generator, str, str], str]


def tower(rng: np.random.Generator, target: str, canary: str) -> str:
    """Give stacked powers of several spellings."""
    height, base = int(rng.integers(2, 30)), str(rng.integers(2, 99))
    left, middle, right = [("", "^", ""), ("", "**", ""), ("", "^{", "}"), ("", "^(", ")"), ("(", ")^", "")][
        rng.integers(5)
    ]
    return left * height + base + f"{middle}{base}" * height + right * height


def huge(rng: np.random.Generator, target: str, canary: str) -> str:
    """Give up to a megabyte of one repeated piece."""
    piece = str(rng.choice(["9", "1+", "{", r"\frac{", "x^", " ", r"\boxed{", "$", "answer is "]))
    return piece * int(10 ** rng.uniform(2, 6) / len(piece))


def brackets(rng: np.random.Generator, target: str, canary: str) -> str:
    """Give deep or unbalanced brackets, sometimes around the target itself."""
    opening = "".join(rng.choice(list("{([}"), int(rng.integers(1, 60))))
    closing = "".join(rng.choice(list("})]{"), int(rng.integers(0, 60))))
    return opening + target + closing


def payload(rng: np.random.Generator, target: str, canary: str) -> str:
    """Give code, markup or a shell command that would leave a canary if anything ran it."""
    return str(rng.choice(PAYLOADS)).format(canary)


def dear(rng: np.random.Generator, target: str, canary: str) -> str:
    """Give well-formed mathematics that an algebra system can spend minutes on."""
    return str(rng.choice(DEAR)).format(rng.integers(2, 9), rng.integers(50, 999), rng.integers(2, 9))


def latex(rng: np.random.Generator, target: str, canary: str) -> str:
    """Give random LaTeX tokens."""
    return "".join(rng.choice(TOKENS, int(rng.integers(2, 25))))


def unicode_noise(rng: np.random.Generator, target: str, canary: str) -> str:
    """Give random code points: controls, surrogate-free planes, right-to-left marks, the null character."""
    points = rng.choice([*range(0, 0x500), *range(0x2000, 0x2100), 0x202E, 0xFEFF, 0x1F600], int(rng.integers(1, 80)))
    return "".join(map(chr, points))


def respelt(rng: np.random.Generator, target: str, canary: str) -> str:
    """Give the target in another spelling: the control."""
    return str(rng.choice(TARGETS[target]))


MIXTURE: dict[Maker, float] = {
    tower: 0.15, huge: 0.05, brackets: 0.15, payload: 0.15, dear: 0.05, latex: 0.25, unicode_noise: 0.1, respelt: 0.1,
}  # fmt: skip


def generate(count: int, canary: str, rng: np.random.Generator) -> list[tuple[str, str, str]]:
    """Give so many triples of kind, answer and target."""
    makers, shares = list(MIXTURE), list(MIXTURE.values())
    targets = list(TARGETS)
    triples = []
    for choice in rng.choice(len(makers), count, p=shares):
        target = targets[rng.integers(len(targets))]
        triples.append((makers[choice].__name__, makers[choice](rng, target, canary), target))
    return triples


def measure(count: int = COUNT, seed: int = SEED) -> dict[str, object]:
    """Grade so many hostile answers with a judge of default limits and report what happened; times in seconds."""
    with TemporaryDirectory() as folder, Judge() as judge:
        canary = Path(folder) / "canary"
        triples = generate(count, str(canary), np.random.default_rng(seed))
        equivalent, seconds = np.zeros(count, dtype=bool), np.zeros(count)
        for i, (_, answer, target) in enumerate(triples):
            start = time.perf_counter()
            equivalent[i] = judge.equivalent(answer, target)
            seconds[i] = time.perf_counter() - start
        touched = any(Path(folder).iterdir())
    kinds = np.array([kind for kind, _, _ in triples])
    return {
        "seed": seed,
        "answers": count,
        "equivalent": int(equivalent.sum()),
        "not_equivalent": int((~equivalent).sum()),
        "anything_executed": touched,
        "distinct_answers_or_pairs": vars(judge.counts),
        "time_limit_seconds": judge.sandbox.time_limit,
        "seconds": round(float(seconds.sum()), 1),
        "slowest_seconds": round(float(seconds.max()), 2),
        "kinds": {
            maker.__name__: {
                "answers": int((kinds == maker.__name__).sum()),
                "equivalent": int(equivalent[kinds == maker.__name__].sum()),
                "seconds": round(float(seconds[kinds == maker.__name__].sum()), 1),
                "slowest_seconds": round(float(seconds[kinds == maker.__name__].max(initial=0)), 2),
            }
            for maker in MIXTURE
        },
        "python": platform.python_version(),
        "sympy": version("sympy"),
    }


def main() -> None:
    """Run the measurement and write it beside the other results."""
    RESULTS.parent.mkdir(exist_ok=True)
    results = measure()
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    print(RESULTS.read_text())


if __name__ == "__main__":
    main()
