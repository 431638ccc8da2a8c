"""The pages about patients, one file per noun."""
