"""How well stated probabilities match what happens: calibration, scores, discrimination, and what is noise in them.

Everything starts from two arrays, a probability p in [0, 1] a row and its outcome c (1: what p speaks of came
true), and for intervals the question each row belongs to. The modules are the namespaces:

- `binned`: calibration errors on bins of equal count (Kadavath et al. 2022) and of equal width, reliability curve;
- `options`: from option probabilities of multiple-choice questions to rows of (p, c);
- `smooth`: calibration error without bins;
- `scores`: Brier score and its parts, log score, AUROC, accuracy where p is high;
- `noise`: the calibration error that a perfectly calibrated predictor would show on as many rows;
- `excess`: calibration errors of several predictors beyond that, on shared resamples, and contrasts between them;
- `estimates`: the same numbers with intervals from resampled questions, and paired differences;
- `temperature`: one temperature that rescales option probabilities.
"""
