"""Many futures of demand and prices: which schemes stand in them, and one programme for all."""
