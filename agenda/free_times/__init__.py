"""Which times are free, and why another is not: the set-up as plain values, the rules, and who is already there."""
