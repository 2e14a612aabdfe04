"""Studies of the shape of self_assessment: inventories that recorded models answered, and characters of the lab."""

from benchmarks.verdicts.worlds.self_assessment import characters, former, inventories

WORLDS = [*inventories.WORLDS, *characters.WORLDS, *former.WORLDS]
