"""Real models by name: their quantised weights are fetched, checked by hash, and converted once.

python -m common.models fetch smollm2-135m
load_engine("smollm2-135m")
"""
