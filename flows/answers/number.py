"""Numbers and amounts, exact or as a band. A band stays an interval: it is never turned into one number."""

from __future__ import annotations

import re

from flows.answers.number_words import number_of
from flows.answers.outcome import Answered, Asking, Outcome, Unread
from flows.answers.words import plain

Value = int | float
Band = tuple[Value | None, Value | None]

_NUMBER = r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?"
_SCALE = {
    "k": 1e3, "duizend": 1e3, "thousand": 1e3, "ton": 1e5, "miljoen": 1e6, "million": 1e6, "mln": 1e6, "m": 1e6,
    "miljard": 1e9, "billion": 1e9, "mld": 1e9,
}  # fmt: skip
_ONE = re.compile(rf"({_NUMBER})\s*(k|duizend|thousand|ton|miljoen|million|mln|m|miljard|billion|mld)?\b")
_BETWEEN = re.compile(
    rf"(?:tussen|between)?\s*(?:de )?({_NUMBER}[^-]*?)\s*(?:-|tot en met|t/m|tot|en|a|to|and)\s*({_NUMBER}.*)$"
)
_ABOVE = re.compile(r"\b(meer dan|boven|ruim|groter dan|ouder dan|over|more than|above|older than)\b|^>")
_AT_LEAST = re.compile(r"\b(minstens|minimaal|vanaf|ten minste|at least|of meer|of ouder|or more|plus)\b|\d\s*\+|^>=")
_BELOW = re.compile(r"\b(minder dan|onder|kleiner dan|jonger dan|nog geen|less than|under|below|younger than)\b|^<")
_AT_MOST = re.compile(r"\b(hoogstens|maximaal|hooguit|tot en met|at most|up to|of minder|or less)\b|^<=")


def read_number(text: str, asking: Asking) -> Outcome:
    """'6', 'zes man', '12,5', '1.200', '10-49', 'meer dan 50', 'ongeveer 30 mensen'."""
    found = find_number(text)
    fact = asking.fact
    if found is None:
        return Unread("not_a_number", {"unit": fact.unit or ""}, sure=bool(re.search(r"\d", text)))
    low, high = found if isinstance(found, tuple) else (found, found)
    if isinstance(found, int | float) and found != int(found) and fact.kind == "amount":
        low = high = found = round(found)
    outside = (
        (low is not None and fact.max is not None and low > fact.max)
        or (high is not None and fact.min is not None and high < fact.min)
        or (isinstance(found, tuple) and low is not None and high is not None and low > high)
    )  # fmt: skip
    if outside:
        return Unread(
            "number_outside",
            {"given": shown(found), "min": shown(fact.min), "max": shown(fact.max), "unit": fact.unit or ""},
            sure=True,
        )
    if not isinstance(found, tuple):
        return Answered(found)
    if fact.min is not None and (low is None or low < fact.min):
        low = fact.min
    if fact.max is not None and (high is None or high > fact.max):
        high = fact.max
    return Answered(low if low == high else (low, high))


def find_number(text: str) -> Value | Band | None:
    """The one number or band in a text; None when there is none, or more than one."""
    text = plain(text)
    if len(text) > 120:
        return None
    text = re.sub(r"\b(euro|eur|per jaar|man|mensen|jaar|jr)\b|€", " ", text).strip()
    between = _BETWEEN.search(text)
    if between:
        low, high = _value(between[1]), _value(between[2])
        if low is not None and high is not None:
            if low < high and low < 1000 <= high and re.search(r"(miljoen|mln|k|duizend|ton)\b", between[2]):
                scale = _SCALE[re.findall(r"(miljoen|mln|k|duizend|ton)\b", between[2])[0]]
                if low * scale <= high:
                    low = _whole(low * scale)
            return (low, high)
    numbers = _ONE.findall(text)
    if len(numbers) > 1:
        return None
    value = _value(text) if numbers else _spelled(text)
    if value is None:
        return None
    if _AT_LEAST.search(text):
        return (value, None)
    if _AT_MOST.search(text):
        return (None, value)
    if _ABOVE.search(text):
        return (_next(value, 1), None)
    if _BELOW.search(text):
        return (None, _next(value, -1))
    return value


def _next(value: Value, step: int) -> Value:
    return value + step if isinstance(value, int) else value


def _value(text: str) -> Value | None:
    found = _ONE.search(text)
    if not found:
        return None
    digits = found[1]
    if re.fullmatch(r"\d{1,3}(\.\d{3})+(,\d+)?", digits):
        digits = digits.replace(".", "")
    if len(digits) > 15:
        return None
    return _whole(float(digits.replace(",", ".")) * _SCALE.get(found[2], 1))


def _spelled(text: str) -> Value | None:
    """Number words, alone or amid a few others ('we zijn met zes')."""
    whole = number_of(text)
    if whole is not None:
        return whole
    scaled = re.fullmatch(r"(.+?) (miljoen|mln|ton|duizend|million|thousand)", text)
    if scaled and (head := number_of(scaled[1])) is not None:
        return _whole(head * _SCALE[scaled[2]])
    found = [n for word in text.split() if word not in ("een", "one", "a") and (n := number_of(word)) is not None]
    return found[0] if len(found) == 1 else None


def _whole(value: float) -> Value:
    return int(value) if value == int(value) else value


def shown(value: object) -> str:
    """1200 -> '1.200', 12.5 -> '12,5', (10, 49) -> '10-49', (50, None) -> '50 of meer'."""
    if isinstance(value, tuple | list):
        low, high = value
        if low is None:
            return f"hoogstens {shown(high)}"
        return f"{shown(low)} of meer" if high is None else f"{shown(low)}-{shown(high)}"
    if isinstance(value, float) and value != int(value):
        return f"{value:,.2f}".rstrip("0").translate(str.maketrans(",.", ".,"))
    if isinstance(value, int | float):
        return f"{int(value):,}".replace(",", ".")
    return "" if value is None else str(value)
