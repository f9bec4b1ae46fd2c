"""What the tool is measured against, on what, and where it must be: see `benchmarks.suite`."""
