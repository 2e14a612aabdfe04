"""Studies of the shape of genrm_vs_sc: pools of solutions and verdicts, and a figure that is read."""

from benchmarks.verdicts.worlds.genrm_vs_sc import family, figures, former, pooled

WORLDS = [*pooled.WORLDS, *figures.WORLDS, *family.WORLDS, *former.WORLDS]
