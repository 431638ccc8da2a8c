"""What a sign-in sets in motion."""
