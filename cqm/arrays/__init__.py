"""User input → a checked `Clustering`, and the passes over its points: one engine for each kind of array."""
