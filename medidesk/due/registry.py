"""Which task does which kind of due work."""

_tasks: dict[str, str] = {}


def register_work(kind: str, task: str) -> None:
    """Let the task of that name (a cabinet's task) be queued in each cabinet that has due rows of this kind."""
    _tasks[kind] = task


def task_of(kind: str) -> str | None:
    """The name of the task for this kind of work, `None` when nobody does it."""
    return _tasks.get(kind)
