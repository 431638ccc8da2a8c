"""The platform: which cabinet, who asks, what happened. It knows no appointment."""
