"""SEND place sufficiency: which schemes, where and when, who then has a place, and what it costs."""

__version__ = "0.1.0"
