import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.completions import Completion, LogitSums
from common.recordings import parts
from common.store import Request

IDENTITY = {"backend": "hf", "model": "a@1"}
FLOATS = st.floats(-50, 0, width=32)
SUMS = st.none() | st.tuples(*[FLOATS] * 6).map(lambda values: LogitSums(*values))


@st.composite
def completions(draw):
    tokens = draw(st.lists(st.tuples(st.integers(0, 151_935), FLOATS), max_size=5))
    ids, logprobs = zip(*tokens, strict=True) if tokens else ((), ())
    text = draw(st.text(st.characters(codec="utf-8"), max_size=8))
    return Completion(
        text, ids, logprobs, draw(st.sampled_from(["stop", "length"])), draw(st.integers(1, 9)), draw(SUMS)
    )


@given(st.lists(completions(), min_size=1, max_size=4))
def test_completions_come_back_as_they_were(tmp_path_factory, several):
    request, file = Request.of("sample", IDENTITY, {"seed": 0}), tmp_path_factory.mktemp("part") / "part-000.parquet"
    parts.write(file, [parts.completion_row(request, "a prompt", sample, one) for sample, one in enumerate(several)])
    rows = parts.read(file)
    assert [parts.completion(row) for row in rows] == several
    assert [row["sample"] for row in rows] == list(range(len(several)))
    assert rows[0]["total_logprob"] == pytest.approx(sum(several[0].logprobs), rel=1e-5)


@given(st.lists(FLOATS, max_size=6))
def test_scores_come_back_to_the_last_bit_and_hidden_states_as_float16(tmp_path_factory, values):
    file, values = tmp_path_factory.mktemp("part") / "part-000.parquet", np.array(values, np.float32)
    kinds = [Request.of(kind, IDENTITY, {}) for kind in ("logprobs", "options", "layers", "lengths", "hidden")]
    parts.write(file, [parts.score_row(request, "a prompt", [" A", " B"], values) for request in kinds])
    *exact, hidden = (parts.scores(row) for row in parts.read(file))
    for found in exact:
        np.testing.assert_array_equal(found, values, strict=True)
    np.testing.assert_array_equal(hidden, values.astype(np.float16).astype(np.float32), strict=True)


def test_no_prompt_and_no_option_is_in_a_part(tmp_path):
    file, request = tmp_path / "part-000.parquet", Request.of("logprobs", IDENTITY, {})
    prompt, option = "the very question of a public data set", " an option of it"
    parts.write(file, [parts.score_row(request, prompt, [option], np.zeros(1))])
    data = file.read_bytes()
    assert prompt.encode() not in data
    assert option.encode() not in data
    assert parts.read(file)[0]["prompt"] == parts.of_text(prompt)
