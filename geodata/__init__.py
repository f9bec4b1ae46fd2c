"""Points in, kilometres and minutes out: postcodes, roads, travel and areas."""
