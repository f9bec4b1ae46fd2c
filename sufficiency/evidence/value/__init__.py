"""What one place more saves, and one fewer costs."""
