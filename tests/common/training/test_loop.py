import json
import math

import pytest
import torch

from common.errors import InputError
from common.training import checkpoints, loop
from common.training.loss import NotANumberError
from tests.common.training import toy

SETTINGS = loop.Settings(steps=5, learning_rate=0.01, max_new_tokens=1)


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


class Task:
    """Draws all weights to zero; its `work` notes the steps it was called for."""

    def __init__(self, settings=SETTINGS):
        self.descent = loop.Descent(toy.llama(), settings)
        self.called = []

    def work(self, step):
        self.called.append(step)
        value = sum(parameter.square().sum() for parameter in self.descent.model.parameters())
        value.backward()
        loss = float(value.detach())
        return {"loss": loss, "norm": self.descent.update(loss, step)}, {"work": 1.5}

    def run(self, folder, evaluate=None, every=2):
        loop.run(self.descent, self.work, {"seed": 1}, folder, evaluate, every)


def test_each_step_has_a_point_and_timings_lie_apart(tmp_path):
    Task().run(tmp_path / "new")
    curve = lines(tmp_path / "new" / loop.CURVE)
    assert [point["step"] for point in curve] == [1, 2, 3, 4, 5]
    assert curve[-1]["loss"] < curve[0]["loss"]
    assert all("work" not in point for point in curve)
    assert lines(tmp_path / "new" / loop.TIMINGS)[-1] == {"step": 5, "work": 1.5}


def test_a_folder_in_which_another_training_writes_is_left_alone(tmp_path):
    task = Task()

    def second(model, step):
        with pytest.raises(InputError, match="another training is writing there"):
            Task().run(tmp_path)
        return {}

    task.run(tmp_path, second)
    assert [point["step"] for point in lines(tmp_path / loop.CURVE)] == [1, 2, 3, 4, 5]


def test_evaluations_come_before_the_first_step_every_so_often_and_after_the_last(tmp_path):
    Task().run(tmp_path, lambda model, step: {"twice": 2 * step})
    assert lines(tmp_path / loop.EVALUATIONS) == [{"step": step, "twice": 2 * step} for step in (0, 2, 4, 5)]


@pytest.mark.parametrize(("stopped_at", "seconds", "left"), [(0, 0, 0), (2, 0, 1), (4, 0, 3), (4, 60, 0)])
def test_a_training_that_was_stopped_goes_on_from_its_checkpoint_to_the_same_files(
    tmp_path, monkeypatch, stopped_at, seconds, left
):
    def stop(model, step):
        if step == stopped_at and not resumed:
            raise KeyboardInterrupt
        return {"step_again": step}

    monkeypatch.setattr(loop, "CHECKPOINT_SECONDS", seconds)
    resumed = True
    Task().run(tmp_path / "undisturbed", stop)
    resumed, task = False, Task()
    with pytest.raises(KeyboardInterrupt):
        task.run(tmp_path / "stopped", stop)
    with (tmp_path / "stopped" / loop.CURVE).open("a") as file:
        file.write('{"step": 9, "lo')  # what a kill may leave of a line
    resumed, task = True, Task()
    task.run(tmp_path / "stopped", stop)
    assert task.called == list(range(left, 5))
    for name in (loop.CURVE, loop.EVALUATIONS, checkpoints.FILE):
        assert (tmp_path / "stopped" / name).read_bytes() == (tmp_path / "undisturbed" / name).read_bytes()


def test_a_finished_training_does_nothing_more_and_more_steps_may_follow(tmp_path):
    Task().run(tmp_path / "short")
    task = Task()
    task.run(tmp_path / "short")
    assert task.called == []
    longer = SETTINGS.model_copy(update={"steps": 7})
    task = Task(longer)
    task.run(tmp_path / "short")
    assert task.called == [5, 6]
    Task(longer).run(tmp_path / "long")
    assert (tmp_path / "short" / loop.CURVE).read_bytes() == (tmp_path / "long" / loop.CURVE).read_bytes()


def test_a_checkpoint_waits_for_its_time(tmp_path, monkeypatch):
    saved = []
    monkeypatch.setattr(checkpoints, "save", lambda folder, model, optimizer, step, identity: saved.append(step))
    Task().run(tmp_path / "slow")
    monkeypatch.setattr(loop, "CHECKPOINT_SECONDS", 0.0)
    Task().run(tmp_path / "quick")
    assert saved == [5, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("broken", ["loss", "gradient"])
def test_a_loss_that_is_not_a_number_stops_and_leaves_the_last_good_checkpoint(tmp_path, monkeypatch, broken):
    monkeypatch.setattr(loop, "CHECKPOINT_SECONDS", 0.0)
    task, work = Task(), Task.work

    def failing(step):
        point = work(task, step) if step < 3 else None
        if point:
            return point
        before = checkpoints.digest(task.descent.model)
        torch.autograd.backward(task.descent.model.lm_head.weight.sum() * (math.nan if broken == "gradient" else 1))
        with pytest.raises(NotANumberError) as caught:
            task.descent.update(math.nan if broken == "loss" else 1.0, step)
        assert checkpoints.digest(task.descent.model) == before
        raise caught.value

    with pytest.raises(
        InputError, match=r"step 4: the loss is .*; the checkpoint of step 3 is in .*below 0.01"
    ) as said:
        loop.run(task.descent, failing, {"seed": 1}, tmp_path, None, 1)
    assert "\n" not in str(said.value)
    again = Task()
    assert checkpoints.load(tmp_path, again.descent.model, [again.descent.optimizer], {"seed": 1}) == 3
    assert all(parameter.isfinite().all() for parameter in again.descent.model.parameters())
    assert [point["step"] for point in lines(tmp_path / loop.CURVE)] == [1, 2, 3]


def test_without_a_good_step_there_is_no_checkpoint(tmp_path):
    def fail(step):
        raise NotANumberError("the loss is nan")

    with pytest.raises(InputError, match="step 1: the loss is nan; no checkpoint is in"):
        loop.run(Task().descent, fail, {}, tmp_path, None, 1)
    assert not (tmp_path / checkpoints.FILE).exists()


def test_the_learning_rate_warms_up_and_gradients_are_clipped():
    task = Task(SETTINGS.model_copy(update={"warmup": 4, "max_grad_norm": 0.5}))
    rates = []
    for step in range(5):
        for parameter in task.descent.model.parameters():
            parameter.grad = torch.full_like(parameter, 3.0)
        count = sum(parameter.numel() for parameter in task.descent.model.parameters())
        assert task.descent.update(1.0, step) == pytest.approx(3 * math.sqrt(count), rel=1e-5)
        rates.append(task.descent.optimizer.param_groups[0]["lr"])
    moments = [state["exp_avg"] for state in task.descent.optimizer.state.values()]
    norm = math.sqrt(sum(float(moment.square().sum()) for moment in moments))
    assert norm == pytest.approx(0.5 * (1 - 0.9**5), rel=1e-4)
    assert rates == pytest.approx([0.0025, 0.005, 0.0075, 0.01, 0.01])


def test_weights_without_a_gradient_do_not_decay():
    task = Task()
    before = checkpoints.digest(task.descent.model)
    for parameter in task.descent.model.parameters():
        parameter.grad = torch.zeros_like(parameter)
    task.descent.update(0.0, 0)
    assert checkpoints.digest(task.descent.model) == before


def test_gradients_left_from_before_have_no_part_in_a_training():
    model = toy.llama()
    torch.autograd.backward(model.lm_head.weight.sum())
    loop.Descent(model, SETTINGS)
    assert all(parameter.grad is None for parameter in model.parameters())


def test_an_evaluation_may_leave_the_model_in_training_mode(tmp_path):
    task = Task()
    task.run(tmp_path, lambda model, step: {"modules": len(list(model.train().modules()))})
    assert not task.descent.model.training


def test_stop_strings_may_come_in_a_list():
    assert loop.Settings(steps=1, learning_rate=0.1, max_new_tokens=1, stop=["\n"]).stop == ("\n",)


def test_points_are_rounded_and_whole_numbers_stay_whole(tmp_path):
    loop.append(tmp_path / "points", {"step": 3, "reward": 1 / 3})
    assert (tmp_path / "points").read_text() == '{"step": 3, "reward": 0.333333}\n'


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"learning_rate": 0.0}, "learning_rate: .*greater than 0, got 0.0"),
        ({"learning_rate": math.nan}, "learning_rate: "),
        ({"steps": "5"}, "steps: .*valid integer, got '5'"),
        ({"learning_rat": 1}, "unknown setting learning_rat"),
        ({"temperature": 0.0}, "temperature: .*greater than 0"),
        ({"stop": "\n"}, "stop: .*tuple"),
        ({"stop": [""]}, "stop.0: .*at least 1 character"),
    ],
)
def test_settings_out_of_bounds_are_one_clear_line(changed, said):
    with pytest.raises(InputError, match=said) as caught:
        loop.Settings(**{**SETTINGS.model_dump(), **changed})
    assert "\n" not in str(caught.value)


def test_a_setting_that_is_missing_is_named():
    with pytest.raises(InputError, match="steps is missing"):
        loop.Settings(learning_rate=0.1, max_new_tokens=1)


def test_evaluating_every_zero_steps_is_refused(tmp_path):
    with pytest.raises(InputError, match="every must be at least 1"):
        Task().run(tmp_path, every=0)


def test_an_identity_tells_what_matters_and_not_how_long():
    def identity(model=0, ids=((1, 2),), reward=toy.begins, method="grpo", **changed):
        return loop.identity(method, toy.llama(model), ids, reward, SETTINGS.model_copy(update=changed))

    first = identity()
    assert identity(steps=9) == first == json.loads(json.dumps(first))
    others = [
        identity(model=1),
        identity(ids=((1, 3),)),
        identity(reward=print),
        identity(method="x"),
        identity(seed=4),
    ]
    assert all(other != first for other in others)
