"""Annexes of a paper: tables in the shape of a council's returns, schemes as a pipeline, evidence a scheme."""
