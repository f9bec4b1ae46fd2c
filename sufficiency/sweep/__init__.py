"""Many runs of one prepared problem: in processes of this machine, or on a cluster, resumed where they were stopped."""

from sufficiency.sweep.job import Sweep, SweepError, WorkersLostError
from sufficiency.sweep.run import run_sweep

__all__ = ["Sweep", "SweepError", "WorkersLostError", "run_sweep"]
