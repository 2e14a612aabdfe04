import numpy as np
import pytest
import torch

from common.completions import Completion
from lab import arithmetic, formats
from replications.prm_from_rl import pools
from tests.replications.prm_from_rl import made_up


class Witness:
    """Writes a right solution, a wrong one, and one with a step too few, in turn."""

    identity = {"model": "witness@1"}  # noqa: RUF012

    def sample(self, prompts, sampling):
        return [[self.completion(number, prompt)] for number, prompt in enumerate(prompts)]

    def completion(self, number, prompt):
        chain = arithmetic.chain_of(prompt.removeprefix("Question: ").partition(" =?")[0])
        steps = arithmetic.solve(chain)
        if number % 3 == 1:
            steps[-1] = arithmetic.Step(
                steps[-1].left, steps[-1].operator, steps[-1].right, (steps[-1].result + 1) % 29
            )
        text = formats.solution_text(steps[:-1] if number % 3 == 2 else steps).rstrip("\n")
        return Completion(text, (), (), "stop", 0)


@pytest.fixture
def witness():
    return Witness()


@pytest.fixture(scope="session")
def study_made():
    return made_up.make()


@pytest.fixture(scope="session")
def chosen(study_made):
    return pools.rerank(study_made.pools, np.random.default_rng(2))


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)  # sums come out the same
    yield
    torch.set_num_threads(before)
