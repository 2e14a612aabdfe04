import pytest

from benchmarks.engines import real, setting
from benchmarks.engines.real import Worker

SAMPLING = {"n": 2, "temperature": 0.7, "top_p": 0.95, "max_tokens": 4}


@pytest.mark.parametrize("way", ["hf", "generate"])
def test_a_worker_counts_tokens_and_seconds_of_its_way(fixed_folder, way):
    with Worker(way, fixed_folder, 1) as worker:
        first, second = (worker.sample({"prompts": setting.prompts(3, 0), "sampling": SAMPLING}) for _ in range(2))
    assert first["tokens"] == second["tokens"] == 3 * 2 * 4
    assert min(first["wall"], second["wall"]) > 0
    if way == "hf":
        assert 0 < second["draw_s"] + second["forward_s"] < second["wall"]
        assert second["weights_bytes"] > 900_000 * 4
        assert second["cache_bytes"] > 0


def test_a_worker_that_cannot_load_its_model_is_an_error(tmp_path):
    with pytest.raises(RuntimeError, match="a worker ended with status 1"), Worker("hf", tmp_path, 1) as worker:
        worker.sample({"prompts": ["a"], "sampling": SAMPLING})


def test_the_shares_of_a_run_add_up_to_one_and_memory_is_in_weights():
    run = {"wall": 10.0, "forward_s": 8.0, "draw_s": 0.5, "products_s_a_step": 0.5, "load_s": 2.0}
    run |= {"peak_bytes": 1300, "cache_bytes": 100, "weights_bytes": 1000}
    found = real._ours([run], 13)
    shares = {name: value for name, value in found.items() if name.startswith("share")}
    assert sum(shares.values()) == pytest.approx(1)
    assert shares["share: matrix products (the bound)"] == 0.6
    assert found["peak memory less the batch's cache, in weights"] == 1.2


def test_there_are_sixteen_different_beginnings():
    assert len({*real.prompts()}) == 16
