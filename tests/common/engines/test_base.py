import numpy as np
import pytest

from common.engines import Completion, Engine, OptionScores, Sampling
from common.errors import InputError


class Echo(Engine):
    """Says each prompt back, in chunks of two."""

    identity, versions, context_length = {"backend": "echo"}, {}, 10

    def render(self, prompt):
        return prompt if isinstance(prompt, str) else prompt[-1]["content"]

    def plan(self, texts, sampling):
        return [list(range(len(texts)))[::-1][at : at + 2] for at in range(0, len(texts), 2)]

    def sample_chunk(self, texts, sampling, chunk):
        return [[Completion(f"{texts[i]}{k}", (1,), (0.0,), "stop", 1) for k in range(sampling.n)] for i in chunk]

    def lengths(self, texts, continuations=None):
        after = continuations or [[""]] * len(texts)
        return [len(text) + max(map(len, several)) for text, several in zip(texts, after, strict=True)]

    def score(self, texts, continuations):
        return [
            np.full(len(several), len(text), np.float32) for text, several in zip(texts, continuations, strict=True)
        ]

    def score_options(self, texts, options):
        return OptionScores(np.ones((len(texts), len(options)), np.float32), np.array([*map(len, texts)], np.float32))

    def score_layers(self, texts, options):
        raise NotImplementedError

    def hidden_states(self, prompts):
        return np.zeros((len(prompts), 1), dtype=np.float32)


def test_completions_come_in_the_order_of_the_prompts():
    prompts = ["a", [{"role": "user", "content": "b"}], "c"]
    drawn = Echo().sample(prompts, Sampling(n=2))
    assert [[completion.text for completion in several] for several in drawn] == [
        ["a0", "a1"],
        ["b0", "b1"],
        ["c0", "c1"],
    ]


class TestTooLong:
    """The context of `Echo` holds ten characters."""

    PROMPTS = ("a" * 9, "b", "c" * 20, "d" * 4)

    def test_completions_have_none_in_place_of_what_is_skipped(self):
        drawn = Echo().sample(self.PROMPTS, Sampling(n=2, max_tokens=6), too_long="skip")
        assert [several and several[0].text for several in drawn] == [None, "b0", None, "dddd0"]
        assert drawn.skipped == 2

    def test_what_follows_a_prompt_counts(self):
        scores = Echo().logprobs(self.PROMPTS, [["x"], ["y" * 10, "y"], ["z"], ["w" * 6, "w"]], too_long="skip")
        assert [None if one is None else one.tolist() for one in scores] == [[9], None, None, [4, 4]]
        assert scores.skipped == 2

    def test_option_scores_are_no_number_where_skipped(self):
        scores = Echo().option_scores(self.PROMPTS, ["x", "y"], too_long="skip")
        np.testing.assert_array_equal(scores.mass, [9, 1, np.nan, 4])
        np.testing.assert_array_equal(np.isnan(scores.probabilities), [[0, 0], [0, 0], [1, 1], [0, 0]])
        assert scores.skipped == 1

    def test_nothing_skipped_is_the_same_as_without(self):
        few = self.PROMPTS[1::2]
        assert Echo().sample(few, Sampling(max_tokens=6), too_long="skip") == Echo().sample(few, Sampling(max_tokens=6))

    def test_everything_skipped(self):
        drawn = Echo().sample(self.PROMPTS, Sampling(max_tokens=10), too_long="skip")
        assert (list(drawn), drawn.skipped) == ([None] * 4, 4)

    def test_unknown_wish(self):
        with pytest.raises(InputError, match="too_long 'drop': it is one of refuse, skip"):
            Echo().sample(["a"], Sampling(), too_long="drop")


def test_one_string_is_not_a_list_of_prompts():
    with pytest.raises(InputError, match="prompts must be a list of prompts, got one string"):
        Echo().sample("abc", Sampling())


@pytest.mark.parametrize("prompts", [None, 3, {"role": "user", "content": "one message"}])
def test_what_is_no_list_of_prompts(prompts):
    with pytest.raises(InputError, match="prompts must be a list of prompts, got "):
        Echo().sample(prompts, Sampling())


@pytest.mark.parametrize("sampling", [None, {"n": 2}])
def test_what_is_no_sampling(sampling):
    with pytest.raises(InputError, match="sampling must be a Sampling"):
        Echo().sample(["a"], sampling)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"n": 0}, "n: .* got 0"),
        ({"n": 1.5}, "n: .* got 1.5"),
        ({"temperature": -0.1}, "temperature: .* got -0.1"),
        ({"temperature": float("nan")}, "temperature: .* got nan"),
        ({"temperature": float("inf")}, "temperature: .* got inf"),
        ({"top_p": 0}, "top_p: .* got 0"),
        ({"top_p": 1.1}, "top_p: .* got 1.1"),
        ({"max_tokens": 0}, "max_tokens: .* got 0"),
        ({"stop": ("a", "")}, "stop: .* got ''"),
        ({"stop": "a"}, "stop: .* got 'a'"),
        ({"stop": {"a"}}, "stop: .*must be a list or tuple, got {'a'}"),
        ({"seed": -1}, "seed: .* got -1"),
        ({"seed": 2**63}, f"seed: .* got {2**63}"),
        ({"top_k": 5}, r"unknown sampling setting 'top_k' \(there are: n, temperature, .*logit_sums\)"),
    ],
)
def test_settings_out_of_bounds(settings, named):
    with pytest.raises(InputError, match=f"^{named}") as raised:
        Sampling(**settings)
    assert "\n" not in str(raised.value)


def test_settings_within_bounds():
    edge = Sampling(n=1, temperature=0, top_p=1, max_tokens=1, stop=["x"], seed=2**63 - 1)
    assert edge.stop == ("x",)
    assert edge == Sampling.model_validate_json(edge.model_dump_json())
