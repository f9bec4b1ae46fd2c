"""What full local schools cost in travel."""
