"""What must hold before the process starts."""
