"""News from platforms: stored, put in order, applied to the agenda."""
