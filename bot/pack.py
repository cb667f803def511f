"""`loket new DIR`: a region's own pack that passes `loket check` at once, with everything to fill in marked.

The files are written as text, so that the comments survive; the values asked for are on lines of their own.
"""

from __future__ import annotations

from pathlib import Path

from knowledge.problems import LoketError

DESK = """\
# Your desk. Fill in what stands between < and >, then run: loket check --content {folder}
name: Loket {name}
organisations: [<organisatie>, <organisatie>]
controller: <wie verantwoordelijk is voor de gegevens>
privacy_contact: privacy@example.nl
regions: national                 # or a list: [region:twente]; see `loket check` for the names
phone: ""
address: ""
url: https://www.werkcentrum.nl
hours: {{monday-friday: "9:00-17:00"}}
holidays: NL
first_reply_hours: 8
languages: [nl, en]
form: u
teams:
  people: {{name: Inwoners, situations: [job_seeker, employee, self_employed, intermediary]}}
  business: {{name: Bedrijven, situations: [employer]}}
  schools: {{name: Scholen, situations: [school]}}
hide: []                          # ids of shipped entries that your desk does not want to show
"""
SERVICE = """\
# An entry of your own. One file per entry; the file is named after its id.
id: {id}
kind: service
name: Inloopuur van Loket {name}
for: [job_seeker, employee, self_employed, employer, school, intermediary]
summary: >-
  Bij dit loket kunt u binnenlopen met vragen over werk en leren. Het gesprek is gratis.
audience:
  human: Controleer eerst bij het loket of het inloopuur doorgaat.
where: national
status: unknown
status_on: {today}
steps:
  - Vul in dit bestand in waar en wanneer mensen kunnen binnenlopen.
operator: <organisatie>
url: https://www.werkcentrum.nl
url_confidence: unverified
sources:
  - {{document: eigen opgave van het loket, supports: alles, read_on: {today}}}
confidence: unverified
checked_on: {today}
review_by: {review}
words: [inloopuur, binnenlopen, inloop]
questions: [Wanneer kan ik binnenlopen?]
en:
  summary: >-
    You can walk in at this desk with questions about work and learning. The talk is free.
  steps:
    - Fill in this file where and when people can walk in.
examples:
  - {{name: iemand die werk zoekt, given: {{situation: job_seeker}}, verdict: coach_decides}}
"""
README = """\
# Pack of Loket {name}

    loket check --content {folder}     check everything
    loket chat --content {folder}      talk with it
    LOKET_CONTENT={folder} loket serve

- `desk.yaml`: who you are, hours, teams, privacy contact.
- `catalogue/<kind>/<id>.yaml`: entries of your own; a file with the id of a shipped entry replaces it.
- `flows/<flow>.yaml`: a flow with the name of a shipped flow replaces it.
"""


def make_pack(folder: Path, today: str = "") -> list[Path]:
    """Write the files; returns them. Raises LoketError when the folder is not empty."""
    from datetime import date, timedelta

    from bot.clock import system_clock

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise LoketError(f"'{folder}' exists and is not empty; choose another name")
    day = date.fromisoformat(today) if today else system_clock().date()
    name = folder.resolve().name
    id_ = "inloop-" + "".join(letter if letter.isalnum() and letter.isascii() else "-" for letter in name.lower())
    values = {
        "folder": folder.as_posix(), "name": name.replace("-", " ").title(), "id": id_.strip("-"),
        "today": day.isoformat(), "review": (day + timedelta(days=92)).isoformat(),
    }  # fmt: skip
    files = {
        folder / "desk.yaml": DESK,
        folder / "catalogue" / "service" / f"{values['id']}.yaml": SERVICE,
        folder / "README.md": README,
    }
    try:
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.format(**values), encoding="utf-8")
        (folder / "flows").mkdir(exist_ok=True)
    except OSError as error:
        raise LoketError(f"'{folder}' cannot be written: {error.strerror}") from None
    return list(files)
