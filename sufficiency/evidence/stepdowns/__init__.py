"""Independent placements with a local place at the next transition."""
