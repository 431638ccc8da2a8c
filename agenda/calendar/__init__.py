"""Wall time, repeats, holidays, and arithmetic on ranges of minutes: pure, without database or clock."""
