"""News of the diary on open screens: ids only, after the commit, through Valkey's pub/sub.

`publish` says that something changed; `medidesk.live.app` streams it; the page fetches again what it may see.
Pub/sub has no memory: a page that (re)connects fetches once.
"""

from medidesk.live.publishing import publish, revoke

__all__ = ["publish", "revoke"]
