"""Who may call a view: declared on the view itself, checked in one place, missing declarations stop the start.

Put the marker outermost (first line above the view): what it says must be visible on the callable that the route names.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from medidesk.accounts.models import Role

View = TypeVar("View", bound=Callable[..., Any])
MARK = "medidesk_access"


@dataclass(frozen=True)
class Access:
    """What a route declares: open to everybody, to these roles, or to partners' keys with these scopes.

    `signed`: whoever calls is known by what is signed, and by nothing that a browser keeps.
    """

    public: bool = False
    roles: frozenset[str] = field(default_factory=frozenset)
    scopes: frozenset[str] = field(default_factory=frozenset)
    signed: bool = False


def allow(*roles: Role) -> Callable[[View], View]:
    """Declare that these roles may call the view; anonymous visitors are led to sign in, others get 404."""
    return _declare(Access(roles=frozenset(roles)))


def public_page(view: View) -> View:
    """Declare that everybody may call the view."""
    return _declare(Access(public=True))(view)


def signed_call(view: View) -> View:
    """Declare that everybody may knock and that the view itself asks for a signature of the body; it never sees session or user."""
    return _declare(Access(public=True, signed=True))(view)


def partner(*scopes: str) -> Callable[[View], View]:
    """Declare that the view asks for a partner's key with one of these scopes; the key is checked by the API's authentication."""
    return _declare(Access(scopes=frozenset(scopes)))


def access_of(view: Callable[..., Any]) -> Access | None:
    """Return what the view declares, looked for on the function and on the class behind it."""
    for holder in (view, getattr(view, "view_class", None), getattr(view, "cls", None)):
        access = getattr(holder, MARK, None)
        if isinstance(access, Access):
            return access
    return None


def _declare(access: Access) -> Callable[[View], View]:
    def mark(view: View) -> View:
        setattr(view, MARK, _joined(getattr(view, MARK, None), access))
        return view

    return mark


def _joined(first: Access | None, second: Access) -> Access:
    """A view may be open to roles and to partners at once."""
    if first is None:
        return second
    return Access(first.public or second.public, first.roles | second.roles, first.scopes | second.scopes, first.signed or second.signed)
