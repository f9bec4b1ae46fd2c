"""Many runs of one prepared problem: in processes of this machine, or on a cluster, resumed where they were stopped."""

from sufficiency.sweep.job import Sweep, SweepError, WorkersLostError
from sufficiency.sweep.journal import kept_in
from sufficiency.sweep.run import run_sweep

__all__ = ["Sweep", "SweepError", "WorkersLostError", "kept_in", "run_sweep"]
