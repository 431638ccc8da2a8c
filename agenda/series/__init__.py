"""Several visits of one patient by one act: say the times, look at them, book those that can be, end the rest."""
