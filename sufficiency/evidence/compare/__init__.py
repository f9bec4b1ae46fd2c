"""Finished plans side by side: what changes, what it saves in travel, who gains and who loses."""
