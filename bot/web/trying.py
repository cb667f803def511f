"""How often somebody may guess. Three limits, and a way past two of them, so that nobody can lock a whole desk out.

    account and network   ten failures: this network guesses this account no further
    account               forty failures from anywhere: new devices wait
    network               a hundred failures over all accounts: new devices wait

A device on which this account logged in before keeps a token of its own. Only failures on that device itself count for
it: whoever attacks an account from elsewhere, or sits in the same office, does not keep its owner out. A try that is
refused counts for nothing, so one account under attack adds at most ten failures to the network it comes from.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from bot.web.house import house
from bot.web.security import client_prefix, cookie_name, hashed, new_token, set_cookie

PAIR, ACCOUNT, NETWORK = 10, 40, 100  # failures in a quarter of an hour
DEVICE = "desk-known"
KNOWN_FOR = timedelta(days=90)
SLOW = asyncio.Semaphore(2)  # password checks at the same moment: a flood of logins must not eat the machine


class Tries:
    """The limits for one account, tried from one browser."""

    def __init__(self, request: Request, account: str, device: str) -> None:
        self._store = house(request).store
        name, network = hashed(account.casefold())[:32], client_prefix(request)
        self._limits = (
            {f"device:{device[:32]}|{name}": PAIR}
            if device
            else {f"{name}|{network}": PAIR, f"account:{name}": ACCOUNT, f"network:{network}": NETWORK}
        )

    async def exhausted(self) -> bool:
        """Whether there were too many failures; then nothing is tried and nothing counts."""
        return any([await self._store.failures(key) >= most for key, most in self._limits.items()])

    async def failed(self) -> None:
        for key in self._limits:
            await self._store.note_failure(key)

    async def succeeded(self) -> None:
        """The pair begins anew. What was counted for the account and the network stays: others made it."""
        await self._store.clear_failures(next(iter(self._limits)))


async def tries(request: Request, account: str, staff: str = "") -> Tries:
    """The limits for whoever tries `account`; `staff` is whose it is, '' when nobody has that name."""
    token = request.cookies.get(cookie_name(DEVICE, request), "")
    owner = await house(request).store.read_link(hashed(token), "device") if token and staff else None
    return Tries(request, account, hashed(token) if owner == staff and owner else "")


async def remember_device(request: Request, response: Response, staff: str) -> None:
    """After a login: this browser is known for this person. The cookie opens nothing."""
    store = house(request).store
    token = request.cookies.get(cookie_name(DEVICE, request), "")
    if token and await store.read_link(hashed(token), "device") == staff:
        return
    token = new_token()
    await store.put_link(hashed(token), staff, house(request).now() + KNOWN_FOR, purpose="device")
    set_cookie(response, request, DEVICE, token, int(KNOWN_FOR.total_seconds()))
