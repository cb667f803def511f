"""How long things are kept, in days. A desk says so in desk.yaml; these are the periods of a desk that says nothing."""

from __future__ import annotations

from dataclasses import dataclass

DAY = 24 * 3600 * 1000  # milliseconds


@dataclass(frozen=True, slots=True)
class Periods:
    """`logs` is not among them: application logs are not the store's."""

    intake_unfinished: int = 14
    chat_without_case: int = 28
    case_personal: int = 90  # from here on: after the case closed and its last follow-up was done
    case_sensitive: int = 30
    special: int = 30  # after it was said
    chat_after_case: int = 30
    outbox: int = 7  # after it was sent
    audit: int = 730
