"""Who may do what. Every route of the desk carries one policy; a route without one cannot be made.

Roles: `coach` works on cases of his teams; `coordinator` also assigns, takes over and sees all teams; `admin` keeps
settings and people but sees no content; `auditor` reads everything including the log and changes nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

Handler = Callable[[Request], Awaitable[Response]]

ROLES = {"coach": "coach", "coordinator": "coördinator", "admin": "beheerder", "auditor": "inzage"}
PUBLIC: frozenset[str] = frozenset({"public"})  # no login asked
ANY = frozenset(ROLES)
WORK = frozenset({"coach", "coordinator"})
READ = frozenset({"coach", "coordinator", "auditor"})
FIGURES = frozenset({"coach", "coordinator", "admin", "auditor"})
PEOPLE = frozenset({"admin"})
SETTINGS = frozenset({"admin", "coordinator"})
LOG = frozenset({"admin", "auditor"})
PRIVACY = frozenset({"coordinator"})  # giving somebody their data, and forgetting somebody, on their request
KNOWLEDGE = frozenset({"coach", "coordinator", "admin"})


@dataclass(frozen=True, slots=True)
class Page:
    """One address, who may open it, and what answers."""

    path: str
    handler: Handler
    allow: frozenset[str]
    methods: tuple[str, ...] = ("GET",)
    confirm: bool = False  # asks who it is once more when the last proof is older than some minutes
    early: bool = False  # may be opened before a second factor that everybody must have

    def __post_init__(self) -> None:
        if not self.allow or not (self.allow <= ANY or self.allow == PUBLIC):
            raise ValueError(f"{self.path} has no policy")


def may_see_case(role: str, teams: frozenset[str], team: str) -> bool:
    """A coach sees cases of his teams; no teams means all. A case without a team is everybody's. Admins see none."""
    if role in ("coordinator", "auditor"):
        return True
    return role == "coach" and (not teams or not team or team in teams)


def may_use_password(setting: str, single_sign_on: bool, role: str) -> bool:
    """Whether LOKET_PASSWORD_LOGIN lets this role in with a password. With an organisation's login it is for admins:
    a way in on the day that login is down."""
    return setting == "all" or (setting == "auto" and (not single_sign_on or role == "admin"))
