import pytest
import torch
from safetensors.torch import save_file

from common.errors import InputError
from common.training import checkpoints
from tests.common.training import toy

IDENTITY = {"seed": 1, "stop": ["x"]}


def trained(seed, steps=2):
    model = toy.llama(seed)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.1)
    for _ in range(steps):
        optimizer.zero_grad()
        model(torch.tensor([[2, 3]])).logits.square().sum().backward()
        optimizer.step()
    return model, optimizer


def test_a_loaded_checkpoint_goes_on_exactly_as_the_saved_training(tmp_path):
    model, optimizer = trained(0)
    checkpoints.save(tmp_path, model, [optimizer], 2, IDENTITY)
    other, others = trained(1, steps=0)
    assert checkpoints.load(tmp_path, other, [others], IDENTITY) == 2
    for network, steps in [(model, optimizer), (other, others)]:
        steps.zero_grad()
        network(torch.tensor([[4, 5]])).logits.square().sum().backward()
        steps.step()
    pairs = zip(model.parameters(), other.parameters(), strict=True)
    assert all(torch.equal(mine, theirs) for mine, theirs in pairs)


def test_without_a_checkpoint_nothing_is_loaded(tmp_path):
    model, optimizer = trained(0)
    before = checkpoints.digest(model)
    assert checkpoints.load(tmp_path, model, [optimizer], IDENTITY) == 0
    assert checkpoints.digest(model) == before


def test_an_interrupted_write_leaves_the_old_checkpoint_and_its_rest_is_ignored(tmp_path, monkeypatch):
    model, optimizer = trained(0)
    checkpoints.save(tmp_path, model, [optimizer], 2, IDENTITY)

    def half(tensors, path, metadata):
        path.write_bytes(b"half")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(checkpoints, "save_file", half)
        with pytest.raises(KeyboardInterrupt):
            checkpoints.save(tmp_path, model, [optimizer], 3, IDENTITY)
    assert [path.name for path in tmp_path.glob(".*")] == [".checkpoint.safetensors.partial"]
    assert checkpoints.load(tmp_path, model, [optimizer], IDENTITY) == 2
    checkpoints.save(tmp_path, model, [optimizer], 3, IDENTITY)
    assert checkpoints.load(tmp_path, model, [optimizer], IDENTITY) == 3
    assert [path.name for path in tmp_path.iterdir()] == [checkpoints.FILE]


def test_a_damaged_checkpoint_says_what_to_do(tmp_path):
    model, optimizer = trained(0)
    checkpoints.save(tmp_path, model, [optimizer], 2, IDENTITY)
    path = tmp_path / checkpoints.FILE
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(InputError, match=r"checkpoint.safetensors is damaged .*: delete it to train from the start"):
        checkpoints.load(tmp_path, model, [optimizer], IDENTITY)


def test_a_checkpoint_of_another_training_is_refused_and_the_difference_named(tmp_path):
    model, optimizer = trained(0)
    checkpoints.save(tmp_path, model, [optimizer], 2, IDENTITY)
    with pytest.raises(InputError, match="belongs to a training with another seed: delete it, or choose another"):
        checkpoints.load(tmp_path, model, [optimizer], {**IDENTITY, "seed": 2})


def test_a_safetensors_file_from_elsewhere_is_refused(tmp_path):
    model, optimizer = trained(0)
    save_file({"weight": torch.zeros(2)}, tmp_path / checkpoints.FILE)
    with pytest.raises(InputError, match="another seed, stop"):
        checkpoints.load(tmp_path, model, [optimizer], IDENTITY)


def test_the_digest_tells_weights_apart():
    assert checkpoints.digest(toy.llama(0)) == checkpoints.digest(toy.llama(0))
    assert checkpoints.digest(toy.llama(0)) != checkpoints.digest(toy.llama(1))
    assert checkpoints.digest(toy.llama().bfloat16()) != checkpoints.digest(toy.llama())
