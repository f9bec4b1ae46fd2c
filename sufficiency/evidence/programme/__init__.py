"""The recommended programme as a list of actions, with the latest dates to decide."""
