"""What a Telegram library must be able to do for us, and what its failures mean. Imports no library.

Two carriers exist: telegram_aiogram.py and telegram_ptb.py. Both take the same dictionaries and turn every way in which
a call can fail into one `CallFailed`, so that the rest of the desk need not know which of the two is at work.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

CALL_TIMEOUT = 20.0  # seconds for one call; sending is tried again, so waiting longer only keeps others waiting
POLL_TIMEOUT = 30  # seconds that Telegram may hold a poll open
POLL_SLACK = 15.0  # seconds on top of that before we call it lost


class CallFailed(Exception):
    """A Bot API call did not succeed. `kind` says what that means for us:

    slow      429: this chat must wait `seconds`
    down      the server could not be reached or is broken; nothing was done, try again soon
    lost      the answer was lost on the way: it may have been done, or not
    gone      this visitor cannot be reached any more
    done      there was nothing left to do (already deleted, not modified, press too old)
    bad       the call itself is wrong; the same call again is wrong again
    conflict  somebody else polls with this token
    revoked   the token is not valid (any more)
    moved     the group is now `moved_to`
    """

    def __init__(self, kind: str, said: str = "", *, seconds: float = 0, moved_to: int = 0) -> None:
        super().__init__(f"{kind}: {said}" if said else kind)
        self.kind, self.said, self.seconds, self.moved_to = kind, said, seconds, moved_to


class Carrier(Protocol):
    """A Telegram library at work for one bot."""

    library: str
    bot: str  # the bot's id: the digits before the colon of its token

    async def call(self, method: str, params: Mapping[str, Any]) -> Any:
        """One Bot API call; returns the result as plain JSON values. Raises CallFailed."""

    async def get_updates(self, offset: int, wait: int, allowed: Sequence[str]) -> list[dict[str, Any]]:
        """Updates from `offset` on as raw JSON, waiting up to `wait` seconds. Raises CallFailed."""

    async def aclose(self) -> None:
        """Closes connections, unless they are a host's own."""


_GONE = ("chat not found", "user not found", "peer_id_invalid", "user is deactivated", "bot was kicked")
_DONE = (
    "message is not modified", "message to delete not found", "message can't be deleted", "query is too old",
    "message identifier is not specified", "message to edit not found", "message can't be edited",
)  # fmt: skip


def failure(status: int, said: str, parameters: Mapping[str, Any] | None = None) -> CallFailed:
    """What an answer of the Bot API with this HTTP status and description means."""
    parameters = parameters or {}
    if parameters.get("retry_after"):
        return CallFailed("slow", said, seconds=float(parameters["retry_after"]))
    if parameters.get("migrate_to_chat_id"):
        return CallFailed("moved", said, moved_to=int(parameters["migrate_to_chat_id"]))
    low = said.lower()
    if status == 429 or low.startswith("too many requests"):
        return CallFailed("slow", said, seconds=1)
    if status == 403:
        return CallFailed("gone", said)
    if status == 409:
        return CallFailed("conflict", said)
    if status in (401, 404):
        return CallFailed("revoked", said)
    if status >= 500:
        return CallFailed("down", said)
    if any(words in low for words in _GONE):
        return CallFailed("gone", said)
    if any(words in low for words in _DONE):
        return CallFailed("done", said)
    return CallFailed("bad", said)


def bot_id(token: str) -> str:
    return token.split(":", 1)[0]
