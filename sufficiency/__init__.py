"""SEND place sufficiency: which schemes, where and when, for whom, and what it costs."""

__version__ = "0.1.0"
