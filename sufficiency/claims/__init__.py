"""Whether the figures of a statement add up: growth, shares, sums, pounds a place, against data or themselves."""
