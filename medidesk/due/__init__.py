"""Due work found without visiting every cabinet: a pointer per due row in the shared schema, a bell at commit, a sweep for what was missed.

An app that has rows to act upon at a time:
1. calls `registry.register_work(kind, task)` when it starts; `task` is the name of a task of a cabinet;
2. in the transaction that writes the rows calls `pointers.point` and, when they are due at once, `bell.ring`;
3. in the task calls `bell.answer` first, then takes its due rows; when a row is done calls `pointers.unpoint`.
"""
