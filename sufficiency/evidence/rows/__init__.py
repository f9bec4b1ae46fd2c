"""A row a command: its name, its options, and what it imports once it is asked."""
