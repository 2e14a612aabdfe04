"""Studies of the shape of self_assessment: inventories that recorded models answered, one model that is asked live, and
characters of the lab.
"""

from benchmarks.verdicts.worlds.self_assessment import characters, former, inventories, one_model

WORLDS = [*inventories.WORLDS, *one_model.WORLDS, *characters.WORLDS, *former.WORLDS]
