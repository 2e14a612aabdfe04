from statistics import mean

import numpy as np
import pytest

from benchmarks.engines import setting
from common.engines import Sampling
from common.engines.hf import HFEngine


@pytest.fixture(scope="module")
def cut():
    return setting.tokenizer()


def common_tokens(cut, texts):
    first, last = min(ids := cut(texts)["input_ids"]), max(ids)
    return next(at for at, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1])


def test_questions_are_distinct_and_about_60_tokens_long(cut):
    questions = setting.questions(500)
    assert len(set(questions)) == 500
    assert 55 < mean(map(len, cut(questions)["input_ids"])) < 65


def test_five_shots_are_a_common_header_of_about_400_tokens_and_none_is_none(cut):
    with_header, bare = setting.prompts(20, 5), setting.prompts(20, 0)
    assert 370 < common_tokens(cut, with_header) < 430
    assert common_tokens(cut, bare) < 16


def test_options_are_single_tokens_after_a_question(cut):
    (prompt,) = setting.prompts(1, 0)
    ids = cut(prompt)["input_ids"]
    for option in setting.OPTIONS:
        assert cut(prompt + option)["input_ids"][:-1] == ids


def test_the_end_of_text_is_drawn_only_where_lengths_vary(fixed_folder, varied_folder):
    prompts, sampling = setting.prompts(4, 0), Sampling(n=4, max_tokens=64)
    fixed, varied = (
        [one.finish_reason for several in HFEngine(folder, device="cpu").sample(prompts, sampling) for one in several]
        for folder in (fixed_folder, varied_folder)
    )
    assert set(fixed) == {"length"}
    assert np.mean([reason == "stop" for reason in varied]) > 0.2


def test_the_model_has_095_million_parameters(fixed_folder):
    model = HFEngine(fixed_folder, device="cpu").network.model
    assert sum(weight.numel() for weight in model.parameters()) == pytest.approx(0.95e6, rel=0.01)
