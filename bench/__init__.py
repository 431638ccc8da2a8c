"""Measures over HTTP: `python3 run.py bench NAME`. What they say and how to read them: docs/performance.md."""
