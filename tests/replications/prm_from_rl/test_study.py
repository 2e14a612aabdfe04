import numpy as np
import pandas as pd
import pytest

from common.errors import InputError
from replications.prm_from_rl import study
from replications.prm_from_rl.study import BASE, OUTCOME, PRM
from tests.replications.prm_from_rl import made_up


def test_a_study_is_read_as_it_was_written(study_made, tmp_path):
    again = study.read(made_up.write(study_made, tmp_path))
    assert again.items == study_made.items
    assert again.values.keys() == study_made.values.keys()
    for key, row in study_made.values.items():
        np.testing.assert_array_equal(again.values[key], row)
    pd.testing.assert_frame_equal(again.pools, study_made.pools)
    pd.testing.assert_frame_equal(again.training, study_made.training)


def test_a_folder_that_is_no_study_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"has no items.parquet, results.parquet, settings.json: run `make train-prm`"):
        study.read(tmp_path)


def test_an_item_with_a_label_beyond_its_steps_is_refused_when_read(study_made, tmp_path):
    made_up.write(study_made, tmp_path)
    rows = pd.read_parquet(tmp_path / study.ITEMS)
    rows.loc[0, "label"] = 9
    rows.to_parquet(tmp_path / study.ITEMS)
    with pytest.raises(InputError, match="label 9 is neither -1 nor one of its"):
        study.read(tmp_path)


def test_the_base_is_step_0_of_every_training(study_made):
    assert study_made.steps(OUTCOME, 0)[:2] == [0, 5]
    np.testing.assert_array_equal(study_made.value(OUTCOME, 1, 0), study_made.values[BASE, 0, 0, "judge"])
    assert study_made.steps(PRM, 0) == [0]
    with pytest.raises(KeyError):
        study_made.value(OUTCOME, 0, 7)


def test_final_is_the_last_checkpoint_of_every_run(study_made):
    found = study_made.final(OUTCOME)
    assert len(found) == 3
    np.testing.assert_array_equal(found[2], study_made.values[OUTCOME, 2, 150, "judge"])
    assert study_made.final("model") == []


def test_answers_that_could_not_be_parsed_stay_missing():
    key = ("model", 0, 0, "judge")
    again = study.as_values(study.as_results({key: np.array([np.nan, -1, 3])}))
    np.testing.assert_array_equal(again[key], [np.nan, -1, 3])
