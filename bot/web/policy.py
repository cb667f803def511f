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
KNOWLEDGE = frozenset({"coach", "coordinator", "admin"})


@dataclass(frozen=True, slots=True)
class Page:
    """One address, who may open it, and what answers."""

    path: str
    handler: Handler
    allow: frozenset[str]
    methods: tuple[str, ...] = ("GET",)

    def __post_init__(self) -> None:
        if not self.allow or not (self.allow <= ANY or self.allow == PUBLIC):
            raise ValueError(f"{self.path} has no policy")


def may_see_case(role: str, teams: frozenset[str], team: str) -> bool:
    """A coach sees cases of his teams; no teams means all. A case without a team is everybody's. Admins see none."""
    if role in ("coordinator", "auditor"):
        return True
    return role == "coach" and (not teams or not team or team in teams)
