"""The pages of the connections."""
