"""The time of people who work in several cabinets: whose (an opaque key), when, in which cabinet. Nothing about anybody else."""
