import numpy as np
import pandas as pd
import pytest

from benchmarks.verdicts import studies, worlds


def asked(world, at_boundary=60, beyond=30, seed=0):
    return studies.blocks(world, at_boundary, beyond, seed)


def test_blocks_cover_every_study_of_every_truth_once(known_worlds):
    counted = {
        truth: sum(block.studies for block in asked(known_worlds[0]) if block.truth == truth) for truth in (0, 1)
    }
    assert counted == {0: 60, 1: 30}
    assert [(block.first, block.studies) for block in asked(known_worlds[0]) if block.truth == 0] == [
        (0, 25),
        (25, 25),
        (50, 10),
    ]


def test_the_same_studies_come_out_by_however_many_processes_in_whatever_order(known_worlds, tmp_path):
    wanted = [block for world in known_worlds for block in asked(world)]
    studies.simulate(wanted, 1, tmp_path / "one")
    studies.simulate(wanted[::-1], 2, tmp_path / "two")
    for world in known_worlds:
        one, two = (studies.table(world, asked(world), tmp_path / name) for name in ("one", "two"))
        pd.testing.assert_frame_equal(one, two)


def test_another_seed_gives_other_studies(known_worlds, tmp_path):
    world = known_worlds[0]
    tables = []
    for seed in (0, 1):
        studies.simulate(asked(world, seed=seed), 1, tmp_path)
        tables.append(studies.table(world, asked(world, seed=seed), tmp_path)["value"].to_numpy())
    assert not np.isin(tables[0], tables[1]).any()


def test_what_is_kept_is_not_simulated_again(known_worlds, tmp_path):
    wanted = asked(known_worlds[0])
    studies.simulate(wanted[:1], 1, tmp_path)
    wanted[0].file(tmp_path).write_text('[{"supported": true, "contradicted": false, "not_testable": false}]')
    studies.simulate(wanted, 1, tmp_path)
    assert len(studies.table(known_worlds[0], wanted, tmp_path)) == 1 + 35 + 30


def test_a_block_that_fails_leaves_the_others_and_nothing_half_written(known_worlds, tmp_path, monkeypatch):
    wanted = asked(known_worlds[0])
    broken = [*wanted, studies.Block("right", "no such shape", 0, 0, 25, 0)]
    monkeypatch.setattr(worlds, "module", lambda kind, shape: "tests.benchmarks.verdicts.known")
    with pytest.raises(StopIteration):
        studies.simulate(broken, 1, tmp_path)
    assert {file.name for file in tmp_path.iterdir()} <= {block.file(tmp_path).name for block in wanted}


def test_a_block_is_kept_under_the_code_of_its_world(known_worlds, tmp_path, monkeypatch):
    block = asked(known_worlds[0])[0]
    before = block.file(tmp_path)
    monkeypatch.setattr(studies.code, "digest", lambda module: "another")
    assert block.file(tmp_path) != before
