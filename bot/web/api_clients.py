"""Who may use the API: one key per client, each with its own name, its own conversations and its own speed.

LOKET_API_KEYS = "KEY"                     a client without a name
                 "gemeente:KEY"            its conversations are its own: another client's key opens none of them
                 "gemeente:KEY:600"        and it may make 600 calls a minute instead of 120
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.web.limits import Limiter
from bot.web.security import hashed

PER_MINUTE = 120  # calls of a client that has no number of its own
BURST = 60  # of those, how many at once
_WRITTEN = re.compile(r"(?:(?P<name>[a-z0-9-]{1,32}):)?(?P<key>[^\s:]{16,512})(?::(?P<rate>[1-9]\d{0,5}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Client:
    """One website or system with a key."""

    name: str  # '' = shares its conversations with other keys that have no name
    key: str = field(repr=False)
    per_minute: int = PER_MINUTE

    def address(self, session: str) -> str:
        """Under which address a session of this client is known: what another client has read is of no use to it."""
        return hashed(f"{self.name}\n{session}") if self.name else hashed(session)


def read_client(written: str) -> Client:
    """One entry of LOKET_API_KEYS. Raises ValueError with what is wrong, without the key."""
    found = _WRITTEN.fullmatch(written)
    if found is None:
        raise ValueError("an entry is not KEY, name:KEY or name:KEY:calls-a-minute; a key has 16 characters or more")
    return Client(found["name"] or "", found["key"], int(found["rate"] or PER_MINUTE))


def read_clients(written: Iterable[str]) -> tuple[Client, ...]:
    """All entries. Two clients with one name are two keys of one client, as in the week that a key is replaced."""
    return tuple(read_client(one) for one in written)


class Clients:
    """The clients of one desk, and how fast each may go."""

    def __init__(self, written: Iterable[str]) -> None:
        self._all = read_clients(written)
        self._limits = {one.key: Limiter(min(BURST, one.per_minute), one.per_minute / 60) for one in self._all}

    def with_key(self, key: str) -> Client | None:
        """Compares with every key, so that the time it takes tells nothing."""
        found = None
        for one in self._all:
            if hmac.compare_digest(one.key.encode(), key.encode()):
                found = one
        return found

    def allows(self, client: Client, now: float) -> bool:
        return self._limits[client.key].allows(client.key, now)
