"""What people decide about missed visits: excuse one, reopen online booking, contest, answer.

Whether a patient may book online is computed (agenda/free_times/online_closing.py); these verbs only change what that looks at.
"""

from agenda.missed_visits.deciding import (
    AlreadyContested,
    NoClosing,
    NotMissed,
    contest_closing,
    count_again,
    excuse_missed_visit,
    keep_closing,
    lift_closing,
)

__all__ = [
    "AlreadyContested", "NoClosing", "NotMissed", "contest_closing", "count_again", "excuse_missed_visit", "keep_closing", "lift_closing",
]  # fmt: skip
