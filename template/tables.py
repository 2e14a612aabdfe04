"""Tables to look at and to publish."""

import pandas as pd

from common.stats import intervals


def by_level(rows: pd.DataFrame) -> pd.DataFrame:
    """Share right with its 95% Wilson interval, by level of difficulty: one row a level."""
    found = []
    for level, part in rows.groupby("level", sort=False):
        share = intervals.wilson(int(part["right"].sum()), len(part))
        found.append({"level": level, "n": share.n} | share.columns("right"))
    return pd.DataFrame(found)
