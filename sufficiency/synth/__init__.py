"""Synthetic children and counties, seeded, from published counts."""
