import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from transformers import LlamaConfig, LlamaForCausalLM

from common.engines import load_engine
from common.errors import InputError
from common.training import heads
from common.training.heads import Settings
from common.training.loss import NotANumberError
from common.training.states import Backbone, Features, Marked
from tests.common.training import toy

PROMPTS = [f"{a}{b}{c}:" for a in toy.LETTERS for b in toy.LETTERS for c in toy.LETTERS]
KNOWN = np.array([float(prompt[0] < "d") for prompt in PROMPTS])
"""A rule about the first letter: it takes the whole model to bring it to the last token."""
FULL = Settings(backbone="full", batch_size=64, learning_rate=3e-3, epochs=6)


def fit(backbone, labels=KNOWN, settings=FULL, seed=0, prompts=PROMPTS):
    return heads.fit_at_end(backbone, prompts, labels, settings, np.random.default_rng(seed))


@pytest.fixture(scope="module")
def narrow(tmp_path_factory):
    """States of four numbers: few enough for plain descent to reach the optimum."""
    folder = tmp_path_factory.mktemp("narrow")
    shape = {**toy.SHAPE, "hidden_size": 4, "num_attention_heads": 1, "initializer_range": 1.0}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        LlamaForCausalLM(LlamaConfig(**shape, head_dim=4)).save_pretrained(folder)
    toy.tokenizer().save_pretrained(folder)
    return Backbone(folder)


def likelihood(backbone, shares):
    """Logistic regression on the frozen states, each prompt once as right and once as wrong, weighted by its share."""
    states = torch.cat(backbone.fixed_states(backbone.at_end(PROMPTS))).numpy()
    model = LogisticRegression(C=np.inf, tol=1e-10, max_iter=10_000)
    outcome = np.repeat([1, 0], len(PROMPTS))
    model.fit(np.concatenate([states, states]), outcome, sample_weight=np.concatenate([shares, 1 - shares]))
    return model.predict_proba(states)[:, 1]


def test_a_frozen_head_on_shares_is_the_logistic_regression_on_all_samples(narrow):
    rng = np.random.default_rng(1)
    shares = rng.binomial(30, np.where(KNOWN == 1, 0.8, 0.3)) / 30
    settings = Settings(backbone="frozen", batch_size=len(PROMPTS), learning_rate=0.3, epochs=300)
    found, expected = heads.read(fit(narrow, shares, settings), PROMPTS), likelihood(narrow, shares)
    assert expected.std() > 0.03
    np.testing.assert_allclose(found, expected, atol=1e-3)


def test_a_share_weighs_as_much_as_its_samples_one_by_one(backbone):
    row = backbone.at_end(["ab:"])[0]
    settings = Settings(backbone="full", batch_size=30, learning_rate=1e-2, epochs=1)
    other = backbone.at_end(["cd:"])[0]
    shared = heads.fit(backbone, [row, other], [[0.7], [0.2]], settings, np.random.default_rng(0))
    single = [[1.0]] * 7 + [[0.0]] * 3 + [[1.0]] * 2 + [[0.0]] * 8
    several = heads.fit(backbone, [row] * 10 + [other] * 10, single, settings, np.random.default_rng(0))
    assert shared.weight.numpy() != pytest.approx(np.zeros(32), abs=1e-3)
    # the order drawn differs, not the one batch: the first step of Adam is the sign of the gradient
    np.testing.assert_allclose(shared.bias.numpy(), several.bias.numpy(), rtol=1e-3)


def test_a_full_fine_tune_learns_a_rule_for_prompts_it_never_saw(backbone):
    seen = np.random.default_rng(3).random(len(PROMPTS)) < 0.7
    head = fit(backbone, KNOWN[seen], prompts=[p for p, yes in zip(PROMPTS, seen, strict=True) if yes])
    unseen = [p for p, yes in zip(PROMPTS, seen, strict=True) if not yes]
    assert roc_auc_score(KNOWN[~seen], heads.read(head, unseen)) > 0.98


def test_a_fine_tune_leaves_the_backbone_it_was_given_and_no_gradients(backbone):
    before = [weight.clone() for weight in backbone.model.parameters()]
    head = fit(backbone)
    assert all(torch.equal(a, b) for a, b in zip(before, backbone.model.parameters(), strict=True))
    changed = zip(before, head.backbone.model.parameters(), strict=True)
    assert any(not torch.equal(a, b) for a, b in changed)
    assert not any(weight.requires_grad for weight in head.backbone.model.parameters())


def test_a_head_on_an_engines_states_is_the_head_on_the_frozen_model(tmp_path):
    toy.llama().save_pretrained(tmp_path)
    toy.tokenizer().save_pretrained(tmp_path)
    frozen = FULL.model_copy(update={"backbone": "frozen"})
    features = Features(load_engine(tmp_path, engine="hf", store=None))
    found, expected = (heads.read(fit(source, settings=frozen), PROMPTS) for source in (features, Backbone(tmp_path)))
    np.testing.assert_allclose(found, expected, atol=1e-5)
    with pytest.raises(InputError, match="cannot be trained through the states that an engine gives: take backbone='f"):
        fit(features)


def test_a_frozen_head_shares_its_backbone(backbone):
    frozen = FULL.model_copy(update={"backbone": "frozen"})
    assert fit(backbone, settings=frozen).backbone is backbone


@pytest.mark.parametrize("kind", ["frozen", "full"])
def test_the_same_seed_gives_the_same_numbers_and_another_seed_others(backbone, kind):
    settings = FULL.model_copy(update={"backbone": kind, "held_out": 0.2, "epochs": 2})
    first, again, other = (heads.read(fit(backbone, settings=settings, seed=seed), PROMPTS) for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_batch_computed_in_pieces_gives_the_gradients_of_the_whole(backbone, monkeypatch):
    some = PROMPTS[::8]
    whole = heads.read(fit(backbone, KNOWN[::8], prompts=some), some)
    monkeypatch.setattr("common.training.states.TOKENS", 40)
    pieces = heads.read(fit(backbone, KNOWN[::8], prompts=some), some)
    np.testing.assert_allclose(whole, pieces, atol=1e-3)


def test_held_out_rows_end_the_training_when_the_labels_are_noise(backbone, monkeypatch):
    steps = []
    step = heads._Training.step
    monkeypatch.setattr(heads._Training, "step", lambda *given: steps.append(0) or step(*given))
    noise = np.random.default_rng(0).random(len(PROMPTS)).round()
    settings = Settings(backbone="full", batch_size=64, learning_rate=1e-2, epochs=50, held_out=0.25, patience=2)
    head = fit(backbone, noise, settings)
    assert len(steps) < 50 * 6
    assert heads.read(head, PROMPTS).std() < 0.2  # as it was at its best, not as it was at the end


def test_the_best_weights_are_kept_not_the_last(backbone, monkeypatch):
    losses = iter([3.0, 1.0, 2.0])
    seen = []

    def loss(training):
        seen.append(training.head.weight.detach().clone())
        return next(losses)

    monkeypatch.setattr(heads._Training, "held_out_loss", loss)
    head = fit(backbone, settings=FULL.model_copy(update={"epochs": 3, "held_out": 0.1}))
    assert torch.equal(head.weight, seen[1])


def test_hard_labels_take_more_than_half_as_known():
    assert heads.hard([0, 14 / 30, 0.5, 16 / 30, 1]).tolist() == [0, 0, 0, 1, 1]


def test_several_marks_of_a_text_are_learned_and_read_together(backbone):
    ids = backbone.codec.encode(["abab", "baba", "aabb"])
    rows = [Marked(i, [0, 1, 2, 3]) for i in ids]
    labels = [[float(token == ids[0][0]) for token in i] for i in ids]
    settings = Settings(backbone="full", batch_size=3, learning_rate=1e-2, epochs=60)
    found = heads.fit(backbone, rows, labels, settings, np.random.default_rng(0)).probabilities(rows)
    np.testing.assert_allclose(found, labels, atol=0.2)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([1.0] * 512, "labels of two kinds to learn from, but all labels are 1"),
        ([0.3] * 512, "all labels are 0.3"),
        ([0.0, 1.0], "512 texts but labels for 2"),
        ([0.0, 30.0] * 256, r"must lie in \[0, 1\], got 30"),
        ([0.0, np.nan] * 256, "got nan"),
    ],
)
def test_labels_that_teach_nothing_are_refused(backbone, labels, message):
    with pytest.raises(InputError, match=message):
        fit(backbone, labels)


def test_no_texts_and_marks_without_labels_are_refused(backbone):
    with pytest.raises(InputError, match="there are no labels"):
        fit(backbone, [], prompts=[])
    with pytest.raises(InputError, match="1 marks and 2 labels"):
        heads.fit(backbone, backbone.at_end(["a:"]), [[0.0, 1.0]], FULL, np.random.default_rng(0))


def test_one_label_among_what_is_not_held_out_is_refused(backbone):
    settings = FULL.model_copy(update={"held_out": 0.5})
    order = np.random.default_rng(0).permutation(4)
    labels = np.zeros(4)
    labels[order[0]] = 1  # the only known one is held out
    with pytest.raises(InputError, match="all labels are 0"):
        fit(backbone, labels, settings, prompts=PROMPTS[:4])


@pytest.mark.parametrize("kind", ["frozen", "full"])
def test_a_model_whose_states_are_no_numbers_is_refused(backbone, kind):
    broken = backbone.copy()
    with torch.no_grad():
        broken.model.norm.weight.fill_(float("nan"))
    with pytest.raises(NotANumberError, match="learning_rate below"):
        fit(broken, settings=FULL.model_copy(update={"backbone": kind}))
    head = fit(backbone, settings=FULL.model_copy(update={"epochs": 1}))
    head.backbone = broken
    with pytest.raises(NotANumberError, match="not a number"):
        heads.read(head, ["ab:"])


def test_a_coarse_backbone_may_be_probed_but_not_trained(tmp_path):
    toy.llama().save_pretrained(tmp_path)
    toy.tokenizer().save_pretrained(tmp_path)
    coarse = Backbone(tmp_path, dtype="bfloat16")
    assert heads.read(fit(coarse, settings=FULL.model_copy(update={"backbone": "frozen"})), ["ab:"]).shape == (1,)
    with pytest.raises(InputError, match="load it as float32"):
        fit(coarse)


@pytest.mark.parametrize(
    ("changed", "message"),
    [({"backbone": "half"}, "backbone"), ({"epochs": 0}, "epochs"), ({"rate": 1}, "rate"), ({"held_out": 1.0}, "held")],
)
def test_bad_settings_are_refused(changed, message):
    with pytest.raises(InputError, match=message):
        Settings(**{**FULL.model_dump(), **changed})


def test_nothing_to_read_is_no_error(backbone):
    assert heads.read(fit(backbone, settings=FULL.model_copy(update={"epochs": 1})), []).shape == (0,)
