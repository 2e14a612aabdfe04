"""What the engines cost, beside what one would use instead: ``python -m benchmarks.engines``."""
