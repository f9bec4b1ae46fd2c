"""Arrays in, a checked solution out: the linear and mixed-integer programs."""
