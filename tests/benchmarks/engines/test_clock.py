from benchmarks.engines.clock import Spent, in_turns, ratio, summary, timed


def test_ways_take_turns_and_the_order_is_reversed_every_second_time():
    called = []
    ways = {name: lambda name=name: called.append(name) or Spent(1, 1) for name in "ab"}
    assert {name: len(several) for name, several in in_turns(ways, 3).items()} == {"a": 3, "b": 3}
    assert "".join(called) == "abbaab"


def test_a_ratio_is_the_median_of_the_repeats_own_ratios():
    ours = [Spent(1, 1), Spent(10, 1), Spent(2, 1)]
    theirs = [Spent(4, 2), Spent(30, 2), Spent(4, 5)]
    assert ratio(theirs, ours) == {"wall": 3, "lowest": 2, "highest": 4, "cpu": 2}


def test_the_summary_is_of_medians():
    assert summary({"a": [Spent(1, 5), Spent(9, 6), Spent(2, 7)]}) == {"a": {"wall_s": 2, "cpu_s": 6}}


def test_a_timed_call_gives_its_result_and_seconds_for_one_of_many():
    assert timed(lambda: 7).result == 7
    assert Spent(8, 4).per(4) == Spent(2, 1)
