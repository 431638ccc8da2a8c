"""What a patient sees: the cabinet's site, from the first free time to the cancelled visit."""
