"""How often is a verdict wrong? Every kind of rule before worlds in which the truth is known.

``python -m benchmarks.verdicts [KIND ...]`` simulates studies of the published shapes, pushes each through the very
estimator and `claims.judge`, and counts. A study's data are drawn at a *true value* of the estimand: at the rule's
boundary, where neither "supported" nor "contradicted" is right, and at a few values beyond it, where the claim holds.
`worlds/` says how data are drawn, a module a group of kinds; `studies` runs and keeps them, `rates` counts.
"""
