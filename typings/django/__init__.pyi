# Django ships no types: everything of it is Any to the type checker, but for what is spelled out in this folder.
from typing import Any

def __getattr__(name: str) -> Any: ...
