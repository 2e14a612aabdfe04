import re

import pytest

from common.errors import InputError
from common.runs.cells import find
from common.runs.parameters import check


def test_heads_of_lab_models_carry_over_from_facts_to_arithmetic():
    message = "P(IK) of lab models is trained on facts and carried over: task=facts+arithmetic"
    with pytest.raises(InputError, match=re.escape(message)):
        check(find("p_true", "p_ik"), {"task": "facts"})
