r"""Grading: from what a model wrote to what it answered, which answers are the same, and what a verifier ruled.

Model output is hostile: nothing of it is evaluated in this process, and what an algebra system has to judge is judged
in a child process under limits of time, memory and rights (`sandbox`, `worker`; the algebra is `common.algebra`).

Where graders differ by choice, these are the choices:

==============================  =======================================================================================
50% and 0.5                     different: a percent sign is dropped, 50% is 50
$5 and 5, 30° and 30            the same: signs of currency, percent and degree are dropped
sin 30°                         0.5: within sin, cos, tan and the like a degree sign counts
5 cm and 5                      the same: a missing unit is forgiven
5 cm and 5 m, 5 cm and 50 mm    different: nothing is converted; in a vote both join a 5 without a unit
5 apples and 5                  different: words that are no known unit are text, unless set as ``\text{ apples}``
0.333 and 1/3                   different: numbers are exact; 0.333... and ``0.\overline{3}`` are 1/3
pi and 3.14                     different, for the same reason
1,000 and 0,5                   a comma before three digits parts thousands, if no bracket is around: 1000, and 0 and 5
10 000                          10000: a space or thin space parts groups of three digits
1 1/2, 2 3/4                    mixed numbers, if the fraction is below one: 1.5 and 2.75
52_8 and 42, 52_8 and 52        different: a numeral in a base is only itself
(1, 2) and 1, 2                 different: brackets mean an order, a plain list and a set have none
(1, 2) and (x, y) = (1, 2)      the same, as is x = 1, y = 2
(1, 2) and its column vector    different
1, 1, 2 and 1, 2                the same: a list is a set
x = 5 and 5, f(x) = x and x     the same: a missing name is forgiven; x = 5 and y = 5 are different
x < 5 and the interval to 5     the same, as are two equations that are multiples of each other
log                             to the base 10; ln to the base e
e, i, pi                        always the constants, upright or not
roots of odd degree             real: the cube root of -8 is -2; powers such as (-8)^(1/3) are the principal ones
sqrt(x) sqrt(y) and sqrt(xy)    the same: expressions are equal if they are wherever both are defined and real
5m and 5 m                      a product, and metres, as are 5 g, 5 s, 5 h and 5 L; the two are the same, 5m is not 5
a letter                        upper and lower case are two; one choice letter alone is that letter
2^2005, sums, integrals         refused: what may be too large, or is a task and no answer, equals only itself
what cannot be read whole       equals only itself, never one of its numbers
==============================  =======================================================================================
"""

from common.grading.equivalence import Counts, Judge, shared_judge
from common.grading.extraction import extract_answer
from common.grading.grouping import grade, group_answers
from common.grading.normal_form import normal_form, parse_number
from common.grading.verdicts import parse_verdict, parse_verdict_strict

__all__ = [
    "Counts",
    "Judge",
    "extract_answer",
    "grade",
    "group_answers",
    "normal_form",
    "parse_number",
    "parse_verdict",
    "parse_verdict_strict",
    "shared_judge",
]
