"""The documents of a run: what people read."""
