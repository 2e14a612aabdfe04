import json
from dataclasses import replace
from importlib.util import find_spec

import pytest

from common.engines import compare, vllm_runner
from common.engines.__main__ import main
from common.engines.compare import Difference, Reading, prompts_in
from common.engines.hf import HFEngine
from common.errors import InputError

READING = Reading("So?", (1, 2), " yes", (5, 6), (" ye", "s"), (-0.5, -0.25), -0.75)


@pytest.fixture
def file(tmp_path):
    file = tmp_path / "prompts.txt"
    file.write_text("Question: What is 12 plus 30? Answer:\n\nThe vote of\n")
    return file


def test_equal_readings_agree():
    same = Difference(READING, READING)
    assert (same.parts_at, same.largest, same.agrees(0)) == (None, 0, True)


def test_the_first_token_that_differs_is_found_and_only_those_before_it_are_compared():
    other = replace(READING, tokens=(5, 7), pieces=(" ye", "p"), logprobs=(-0.5625, -3.0))
    found = Difference(READING, other)
    assert (found.parts_at, found.largest) == (1, 0.0625)
    assert not found.agrees(0.1)
    assert "token 2 is the first that differs: hf 's' (id 6, -0.2500), vllm 'p' (id 7, -3.0000)" in "".join(
        found.lines(("hf", "vllm"))
    )


def test_greedy_completions_may_part_at_a_tie():
    assert Difference(READING, replace(READING, tokens=(5, 7), logprobs=(-0.5, -0.2505))).agrees(1e-3)


@pytest.mark.parametrize(
    ("change", "said"),
    [({"text": "<s>So?"}, "text: vllm reads '<s>So?'"), ({"ids": (1, 3)}, "token ids: hf [1, 2], vllm [1, 3]")],
)
def test_other_texts_or_token_ids_are_shown_and_do_not_agree(change, said):
    found = Difference(READING, replace(READING, **change))
    assert not found.agrees(1)
    assert said in "\n".join(found.lines(("hf", "vllm")))


def test_a_text_scored_otherwise_is_a_difference():
    assert Difference(READING, replace(READING, scored=-1.75)).largest == 0.5


def test_prompts_are_lines_or_json(tmp_path, file):
    assert prompts_in(file) == ["Question: What is 12 plus 30? Answer:", "The vote of"]
    chat = [{"role": "user", "content": "So?"}]
    lines = tmp_path / "prompts.jsonl"
    lines.write_text("".join(json.dumps(prompt) + "\n" for prompt in (chat, "two\nlines")))
    assert prompts_in(lines) == [chat, "two\nlines"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [("none.txt", None, "cannot be read"), ("a.txt", "\n", "holds no prompt"), ("a.jsonl", "{", "cannot be read")],
)
def test_files_without_prompts(tmp_path, capsys, llama_folder, name, content, message):
    if content is not None:
        (tmp_path / name).write_text(content)
    assert main(["compare", str(llama_folder), "--prompts", str(tmp_path / name)]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert len(said.splitlines()) == 1


def test_a_backend_agrees_with_itself(llama_folder, file, capsys):
    assert main(["compare", str(llama_folder), "--b", "hf", "--prompts", str(file), "--max-tokens", "8"]) == 0
    said = capsys.readouterr().out
    assert said.count("greedy: the same 8 tokens") == 2
    assert "2 of 2 prompts agree (tolerance 0.001)" in said


@pytest.mark.skipif(find_spec("vllm") is None, reason="vllm is not installed: run `make setup-vllm`")
def test_both_backends_agree_on_a_small_model(llama_folder, file, capsys, monkeypatch):
    monkeypatch.setitem(vllm_runner.CPU_OPTIONS, "kv_cache_memory_bytes", 2**28)
    assert main(["compare", str(llama_folder), "--prompts", str(file), "--max-tokens", "8"]) == 0


def test_another_model_behind_a_backend_is_found_out(llama_folder, qwen_folder, file, capsys, monkeypatch):
    class Other(HFEngine):
        def __init__(self, model, *, dtype):
            super().__init__(qwen_folder, dtype=dtype)

    monkeypatch.setitem(compare.BACKENDS, "vllm", Other)
    assert main(["compare", str(llama_folder), "--prompts", str(file), "--max-tokens", "8"]) == 1
    assert "0 of 2 prompts agree" in capsys.readouterr().out


def test_bad_input(tmp_path, file):
    with pytest.raises(InputError, match="no such model folder"):
        compare.compare(str(tmp_path / "none"), ("hf", "vllm"), ["a"], 4, None)
    with pytest.raises(SystemExit, match="2"):
        main(["compare", "x", "--prompts", str(file), "--max-tokens", "0"])
