"""Bringing in what a cabinet kept elsewhere, from exported files: checked first, all or nothing, taken back within 30 days.

`reading.py` (bytes to a table) → `headings.py` (which column is what) → `understanding.py` (a line to plain values) → `carrying_out.py`
(through the verbs of patients and of the diary) → `report.py` (what became of each line). `runs.py` holds the acts, `undoing.py` the last.
"""
