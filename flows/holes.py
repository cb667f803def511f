"""The names flow texts may use between { }: what the desk says about itself."""

from __future__ import annotations

from typing import Any

HOLES = ("desk", "desk_phone", "desk_hours", "desk_address", "privacy_contact")


def desk_holes(desk: Any) -> dict[str, str]:
    """Values for the holes; what the desk does not state is an empty text."""

    def said(name: str) -> str:
        value = desk.get(name, "") if isinstance(desk, dict) else getattr(desk, name, "")
        return value if isinstance(value, str) else ""

    return {
        "desk": said("name"),
        "desk_phone": said("phone"),
        "desk_hours": said("hours_text") or said("hours"),
        "desk_address": said("address"),
        "privacy_contact": said("privacy_contact"),
    }
