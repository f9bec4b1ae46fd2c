"""Why and why not, in plain words: for a group, a provision or a scheme."""
