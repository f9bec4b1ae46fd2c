"""Arrays in, a checked solution out: the linear and mixed-integer programs.

Nothing here knows a school, a need or a file. A *unit* of demand seeks a place in a *state* and takes up a *stay*
in a *pool* for several *periods*; a *scheme* adds places to pools once it opens.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small arrays: threads would only wait

from models.problem import Problem, Schemes, SideLimits, States, Stays
from models.solution import Solution, Status
from models.solve import solve
from models.verify import Discrepancy, verify

__all__ = [
    "Discrepancy",
    "Problem",
    "Schemes",
    "SideLimits",
    "Solution",
    "States",
    "Status",
    "Stays",
    "solve",
    "verify",
]
