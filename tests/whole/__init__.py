"""Tests on the whole platform, all its real processes."""
