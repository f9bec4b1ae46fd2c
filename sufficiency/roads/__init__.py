"""Roads for a case: fetching them, and what they say of its journeys."""
