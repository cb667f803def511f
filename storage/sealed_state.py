"""The sealed state of a conversation: how it is closed and opened, and kept open while the conversation goes on."""

from __future__ import annotations

import json

from flows.state import State
from storage.codec import dump
from storage.sealing import PersonKey

Labels = dict[str, list[list[str]]]  # turn -> [[option id, label, fact], …] of late
KEPT_OPEN = 1024  # states, in memory
_NONE = b"{}"


def open_state(key: PersonKey, conversation: str, sealed: bytes) -> tuple[Labels, State]:
    """Raises SealBroken when it was changed, moved from another row, or its person was erased."""
    plain = key.unseal("conversation", "state_sealed", conversation, sealed)
    labels, _, state = plain.partition(b"\n")
    return json.loads(labels), State.from_json(state.decode())


class States:
    """Closes and opens states. What was closed of late stays open, for the next turn of the same conversation.

    It is used only when its row still holds the very bytes that were closed, and every turn reads its row. So nothing
    stale is ever used: what another worker saved, and what was never committed, reads otherwise and is opened anew.
    """

    def __init__(self) -> None:
        self._open: dict[str, tuple[bytes, bytes, State]] = {}  # conversation -> sealed, labels, state; oldest first

    def open(self, key: PersonKey, conversation: str, sealed: bytes) -> tuple[Labels, State]:
        """The same as `open_state`."""
        known = self._open.pop(conversation, None)  # this turn replaces it
        if known is None or known[0] != sealed:
            return open_state(key, conversation, sealed)
        _, labels, state = known
        return {} if labels == _NONE else json.loads(labels), state

    def close(self, key: PersonKey, conversation: str, labels: Labels, state: State) -> bytes:
        written = dump(labels) if labels else _NONE
        plain = written + b"\n" + state.to_json().encode("utf-8", "replace")
        sealed = key.seal("conversation", "state_sealed", conversation, plain)
        while len(self._open) >= KEPT_OPEN:
            self._open.pop(next(iter(self._open)), None)
        self._open[conversation] = sealed, written, state
        return sealed

    def forget(self) -> None:
        """Lets go of everything: somebody was erased."""
        self._open.clear()
