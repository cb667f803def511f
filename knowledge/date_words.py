"""The names of days and months, in the languages whose texts stand in the program. The same words on every machine.

Languages with a file of their own bring their own names (knowledge/languages.py).
"""

from __future__ import annotations

WEEKDAYS = {  # Monday first, as `date.weekday` counts
    "nl": ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS = {
    "nl": ("januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober",
           "november", "december"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December"),
}  # fmt: skip
