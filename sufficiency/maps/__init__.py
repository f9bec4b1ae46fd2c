"""Sufficiency maps: one SVG, made once, used everywhere."""
