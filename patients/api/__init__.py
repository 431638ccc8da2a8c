"""The patients' REST doors."""
