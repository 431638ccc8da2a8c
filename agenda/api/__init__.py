"""The diary's REST doors."""
