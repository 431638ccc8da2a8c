"""What the connection pages show."""
