"""Public data: pinned by hash, fetched by `make data`, read through one typed loader a family.

    from common.datasets import gsm8k
    problems = gsm8k.load("test")

A loader returns a list of frozen dataclasses, so `pandas.DataFrame(problems)` works on every one of them.
"""
