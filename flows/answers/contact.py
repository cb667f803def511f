"""Telephone numbers and e-mail addresses, by the libraries that know them. They are imported when first needed."""

from __future__ import annotations

import re

from flows.answers.outcome import Answered, Asking, Outcome, Unread


def read_phone(text: str, asking: Asking) -> Outcome:
    """'06 12345678' -> '+31612345678'. Numbers without a country code are Dutch."""
    digits = re.sub(r"\D", "", text)
    if len(digits) < 7 or len(text) > 80:
        return Unread("not_a_phone", sure=len(digits) >= 4)
    import phonenumbers  # 60 ms: only when somebody leaves a number

    written = re.search(r"\+?[\d\s().\-/]{7,}", text)
    try:
        number = phonenumbers.parse(written.group() if written else text, "NL")
    except phonenumbers.NumberParseException:
        return Unread("not_a_phone", sure=True)
    if not phonenumbers.is_valid_number(number):
        return Unread("not_a_phone", sure=True)
    return Answered(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def read_email(text: str, asking: Asking) -> Outcome:
    """Only the shape is checked; whether the address exists, a mail will tell."""
    found = re.search(r"[^\s<>,;]+@[^\s<>,;]+", text)
    if not found or len(text) > 320:
        return Unread("not_an_email", sure="@" in text)
    from email_validator import EmailNotValidError, validate_email

    try:
        return Answered(validate_email(found.group().strip(".:()"), check_deliverability=False).normalized)
    except EmailNotValidError:
        return Unread("not_an_email", sure=True)
