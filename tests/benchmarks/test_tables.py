import json
import re

from benchmarks import tables
from common import readme
from common.paths import ROOT


def test_every_page_is_what_was_measured():
    stale = [str(file) for file, text in tables.fresh().items() if text != file.read_text()]
    assert not stale, "run `make readme`"


def test_every_block_of_every_page_is_written_by_one_of_the_two():
    written = {**readme.fresh(), **tables.fresh()}
    for file in [ROOT / "README.md", *ROOT.glob("docs/*.md"), *ROOT.glob("replications/*/README.md")]:
        if re.search("^<!-- begin ", file.read_text(), re.MULTILINE):
            assert file in written, file


def test_wall_times_come_from_their_file(tmp_path):
    file = tmp_path / "times.json"
    file.write_text(json.dumps({"machine": "2 cores", "seconds": {"make test": 61.4}}))
    assert "| make test | 61 |" in tables.wall_times_table(file)


RATIO = {"wall": 12.345, "lowest": 11, "highest": 13, "cpu": 12.5}
ENGINES = {
    "questions": {
        "5 shots": {"cost": {"logprobs": {"wall_s": 1.5, "cpu_s": 1.25}}, "ratios": {"lm-eval / logprobs": RATIO}}
    },
    "samples": {"fixed lengths": {"tokens_per_s": {"sample": 5432.1}, "ratios": {}}},
    "store": {},
    "vllm": {"not measured": "vllm is not installed"},
    "gpu": {"not measured": "no GPU"},
}


def engines_tables(tmp_path, **others):
    file = tmp_path / "engines.json"
    file.write_text(json.dumps(ENGINES | others))
    return tables.engines_tables(file)


def test_engines_come_from_their_file_and_what_was_not_measured_says_why(tmp_path):
    text = engines_tables(tmp_path)
    assert "| questions: 5 shots: lm-eval / logprobs | 12.35 (11.00 to 13.00) / 12.50 |" in text
    assert "| questions: 5 shots: logprobs | 1.500 / 1.250 |" in text
    assert "| samples: fixed lengths: sample | 5,432 |" in text
    assert "| VLLMEngine over vLLM | not measured: vllm is not installed |" in text
    assert "not measured: no GPU |" in text


def test_an_earlier_measurement_of_vllm_is_shown_as_such(tmp_path):
    rates = {"vllm_tokens_per_s": 1000, "lean_vllm_tokens_per_s": 1200, "engine_tokens_per_s": 1100}
    run = rates | {"percent_over_vllm": -9.09, "percent_over_lean_vllm": 9.09}
    measured = {"measured": run, "machine": {"cpu": "X1", "cores": 2}}
    value = "| -9.1% time a token, 1,100 and 1,000 tokens per second |"
    name = "| VLLMEngine over vLLM as in its examples (X1, 2 cores)"
    assert f"{name} {value}" in engines_tables(tmp_path, vllm=measured)
    text = engines_tables(tmp_path, vllm={"not measured": "vllm is not installed", "earlier": measured})
    assert "not measured: vllm" in text
    assert f"{name}, earlier {value}" in text


def test_gpu_rates_are_shown(tmp_path):
    text = engines_tables(tmp_path, gpu={"hf": {"tokens_per_s": 12345.6, "peak_gib": 3.14}})
    assert "| hf on a GPU | 12,346 tokens per second, 3.1 GiB |" in text


def test_verifications_come_from_their_file(tmp_path):
    case = {"ratios": {"alone / shared": RATIO}, "verifications_per_second": {"shared": 20.04, "alone": 10.0}}
    file = tmp_path / "verifications.json"
    file.write_text(json.dumps({"sizes": {"short": {"V = 4": case}}}))
    text = tables.verifications_tables(file)
    assert "| short, V = 4: alone / shared | 12.35 (11.00 to 13.00) / 12.50 |" in text
    assert "| short, V = 4 | 20.0 / 10.0 |" in text


def test_prm_training_comes_from_its_file(tmp_path):
    file = tmp_path / "prm_training.json"
    measured = {"model": "toy", "completions_a_step": 128, "tokens_a_completion": 48, "rounds": 5}
    times = {"seconds_a_step": {"ours_with_stop": 0.5}, "trl_over_ours": 2.0, "trl_over_ours_range": [1.5, 2.5]}
    file.write_text(json.dumps(measured | times))
    text = tables.prm_training_table(file)
    assert "| TRL / ours | 2.00 (1.50 to 2.50) |" in text
    assert "| seconds a step, ours with stop | 0.5 |" in text
