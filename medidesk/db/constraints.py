"""A named database constraint becomes a named error."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError


@contextmanager
def constraint_raises(name: str, error: Exception) -> Iterator[None]:
    """Raise `error` when the statement inside breaks the constraint `name`; any other integrity error rises as it is.

    The transaction is then lost: let the error rise out of the outermost `atomic` block.
    """
    try:
        yield
    except IntegrityError as problem:
        diagnosis = getattr(problem.__cause__, "diag", None)
        if diagnosis is not None and diagnosis.constraint_name == name:
            raise error from problem
        raise
