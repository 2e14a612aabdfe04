"""The lab: a world of known truth, and small models trained on it (docs/lab.md).

It imports `common`, never the other way round.
"""
