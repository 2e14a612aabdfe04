import numpy as np
import pytest

from common import paths
from common.datasets import mcq_bias, on_demand
from common.errors import InputError
from replications.p_true.choices import recorded
from tests.replications.p_true.choices import made_up


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """A data folder without data, and a mirror to write made-up files into."""
    monkeypatch.setattr(paths, "DATA", tmp_path / "data")
    return tmp_path / "mirror"


@pytest.mark.usefixtures("folders")
def test_without_files_a_data_set_says_why_it_is_not_here():
    with pytest.raises(InputError, match=r"\(20 of 20 files missing\): run `make on-demand`"):
        recorded.read("arc")


def test_one_data_set_is_read_while_the_other_is_absent(folders):
    made = made_up.recorded("arc", made_up.as_claimed, 40)
    made_up.write(folders, made)
    made_up.fetch(folders, "arc")
    here = recorded.read("arc")
    with pytest.raises(InputError, match="mmlu"):
        recorded.read("mmlu")
    assert here.questions == made.questions
    np.testing.assert_array_equal(here.keys, made.keys)
    assert list(here.probabilities) == list(made.probabilities)
    for cell, table in made.probabilities.items():
        np.testing.assert_allclose(here.probabilities[cell], table, atol=2e-4)
        np.testing.assert_allclose(here.probabilities[cell].sum(axis=1), 1)


def test_a_model_that_was_asked_something_else_is_named(folders):
    made_up.write(folders, made_up.recorded("arc", made_up.calibrated, 40))
    other = mcq_bias.sources("arc", ["Llama-2-7b-hf"], [5])[0]
    keys = np.zeros(40, dtype=int)
    (folders / other.path).write_text(made_up.file_text(np.full((40, 4), [0.4, 0.3, 0.2, 0.1]), keys))
    made_up.fetch(folders, "arc")
    with pytest.raises(InputError, match="arc: Llama-2-7b-hf with 5 shots was asked other questions than llama-7b"):
        recorded.read("arc")


def test_files_that_changed_since_their_first_use_are_refused(folders):
    made_up.write(folders, made_up.recorded("arc", made_up.calibrated, 40))
    made_up.fetch(folders, "arc")
    (paths.DATA.parent / "data_on_demand" / mcq_bias.sources("arc")[0].path).write_text("{}\n")
    with pytest.raises(InputError, match="expected: delete it and run `make on-demand`"):
        recorded.read("arc")
    assert on_demand.fetch_sources(mcq_bias.sources("arc"), folders) == []
    assert list(recorded.read("arc").probabilities) == list(
        made_up.recorded("arc", made_up.calibrated, 40).probabilities
    )


def test_families_and_models_are_those_of_the_files():
    models = [model for family in recorded.SIZES.values() for model in family]
    assert sorted(models) == sorted(mcq_bias.MODELS)
    assert models == recorded.BASE + recorded.CHAT
    assert len(recorded.BASE) == 7


def test_the_top_letter_is_right_where_it_is_the_key():
    table = np.array([[0.1, 0.7, 0.1, 0.1], [0.4, 0.3, 0.2, 0.1]])
    p, c = recorded.fair_top(table, np.array([1, 2]), np.random.default_rng(0))
    assert p.tolist() == [0.7, 0.4]
    assert c.tolist() == [1, 0]


@pytest.mark.parametrize("key", [0, 2])
def test_letters_that_tie_are_right_as_often_as_a_fair_coin_says(key):
    table = np.tile([0.4, 0.1, 0.4, 0.1], (4000, 1))
    _, c = recorded.fair_top(table, np.full(4000, key), np.random.default_rng(0))
    assert set(c) == {0, 1}
    assert c.mean() == pytest.approx(0.5, abs=0.03)


def test_ties_are_counted_at_the_top_only():
    assert recorded.ties(np.array([[0.4, 0.4, 0.1, 0.1], [0.5, 0.2, 0.2, 0.1], [0.25, 0.25, 0.25, 0.25]])) == 2
