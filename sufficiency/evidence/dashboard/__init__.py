"""Finished runs as the sufficiency dashboard: five panels, the scorecard, what changed since the last pack."""
