"""Keldoc's connector."""
