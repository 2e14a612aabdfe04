"""Answers in LaTeX and plain algebra, read whole or not at all and compared exactly; grading's guarded process runs it.

text → `tokens` → a tree (`reading`) → `values` (`meaning`, `units`, `regions`) → the same or not (`comparing`,
`sampling`). All of it may be slow on hostile input and is only called under the limits of `common.grading.sandbox`. It
imports nothing of this repository outside this folder, so that the process starts light.
"""
