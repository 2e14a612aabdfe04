"""Types of arrays by what they hold; shapes stand in the docstrings of those who take them."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
