"""How times, identifiers and case numbers are written down."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime


def ms(moment: datetime) -> int:
    """Milliseconds since 1970 of an aware moment."""
    return int(moment.timestamp() * 1000)


def moment(value: int | None) -> datetime | None:
    return None if value is None else datetime.fromtimestamp(value / 1000, UTC)


def new_id() -> str:
    """128 bits: the time in milliseconds, so that what begins together lies together, and 80 random ones."""
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"


def K(number: int | None) -> str:
    """The label of a case: K-1042. It opens nothing."""
    return f"K-{number}" if number is not None else ""


def number_of(code: str) -> int:
    """1042 of "K-1042", "k1042" or "1042"; -1 when it is none of these."""
    digits = code.strip().upper().removeprefix("K").removeprefix("-")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else -1
