"""The best programme at each capital budget, nested ones, and cost against travel."""
