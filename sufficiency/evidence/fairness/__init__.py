"""Who travels longest, and what a fairer plan costs."""
