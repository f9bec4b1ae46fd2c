"""The maps of a plan as one page: plan, layer, need, phase and year to choose, pan and zoom; one file, no request."""
