"""Studies of the shape of prm_from_rl: trained runs, their checkpoints, and samples that are judged."""

from benchmarks.verdicts.worlds.prm_from_rl import curves, family, odds, samples, trainings

WORLDS = [*trainings.WORLDS, *odds.WORLDS, *curves.WORLDS, *samples.WORLDS, *family.WORLDS]
