"""The recommended plan put to tests, and headroom."""
