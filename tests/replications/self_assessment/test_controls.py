"""Respondents that hold on to labels must be found to; respondents that say nearly the same however asked must not."""

import zlib

import numpy as np
import pandas as pd

from common.claims import Status
from replications.self_assessment import control, estimates, weighting
from replications.self_assessment.answers import TEMPLATES
from replications.self_assessment.params import RecordedParams
from replications.self_assessment.shifts import Ratings
from tests.replications import judging
from tests.replications.self_assessment import scripted
from tests.replications.self_assessment.asked import ask, boot

UNRELIABLE = ("order-shift", "order-symmetry", "order-reliability", "order-shift-options", "label-over-place")
RECORDED = ("template-shift", "order-shift", "most-significant", "most-significant-as-published", "order-symmetry")
READ = pd.DataFrame({"template": TEMPLATES, "n": 100, "dropped": 0})
SAID = pd.DataFrame({"template": TEMPLATES, "mass": 0.99})


def locked(text):
    """The label that would say the truth in original order, but for one answer in twelve."""
    place = 5 - scripted.truth(text)
    return sorted(scripted.scale(text))[place if zlib.crc32(text.encode()) % 12 else place - 1]


def asked(answer):
    answers = ask(answer)
    w = boot(answers)
    found = estimates.live(answers, w, control.passing(answers, w), READ, SAID)
    return {one.id: one.verdict for one in judging.judge("self_assessment", found)}


def recorded(meant):
    """Verdicts on four models that mean [m, t, c, i] in each prompt, but for one answer in ten; keys come in turn."""
    rng = np.random.default_rng(0)
    slips = rng.random(meant.shape) < 0.1
    keyed = np.clip(meant + slips * rng.choice([-1, 1], meant.shape), 1, 5)
    keys = np.resize([1, -1], 60)
    data = {"keyed": Ratings(keyed), "unkeyed": Ratings(3 + keys * (keyed - 3))}
    found = estimates.recorded(data, weighting.of_recorded(RecordedParams(resamples=200)))
    return {one.id: one.verdict for one in judging.judge("self_assessment", found, "chat-models")}


def profiles():
    """What four models say of 60 items a trait, alike in six prompts."""
    said = np.random.default_rng(1).choice([3.0, 4.0, 5.0], (4, 5, 1, 60))
    return np.repeat(said, 6, axis=2)


def test_positive_control_characters_that_keep_their_labels_are_found():
    verdicts = asked(locked)
    assert {name: verdicts[name] for name in UNRELIABLE} == dict.fromkeys(UNRELIABLE, Status.SUPPORTED)
    assert verdicts["profile-recovered"] == Status.SUPPORTED


def test_negative_control_characters_that_say_what_they_are_are_not():
    verdicts = asked(scripted.nearly_honest)
    assert verdicts["profile-recovered"] == Status.SUPPORTED
    blamed = {"template-shift", "template-shift-options", "untaught-order", "negation", *UNRELIABLE}
    assert Status.SUPPORTED not in {verdicts[name] for name in blamed}


def test_positive_control_recorded_models_that_keep_their_labels_are_found():
    meant = profiles()
    meant[:, :, 3:] = 6 - meant[:, :, 3:]
    verdicts = recorded(meant)
    assert (verdicts["order-shift"], verdicts["order-symmetry"]) == (Status.SUPPORTED, Status.SUPPORTED)


def test_negative_control_recorded_models_that_answer_alike_are_not():
    verdicts = recorded(profiles())
    assert Status.SUPPORTED not in {verdicts[name] for name in (*RECORDED, "keying")}
