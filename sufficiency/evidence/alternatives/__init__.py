"""The most different programmes within reach of the best."""
