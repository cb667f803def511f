"""What `loket check` says about a desk: its file, and what must be filled in before it opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.desk_file import OWN_FILES
from knowledge.problems import Problems, did_you_mean

if TYPE_CHECKING:
    from knowledge.content import Knowledge


def check_desk(knowledge: Knowledge, problems: Problems, *, deploy: bool) -> None:
    desk = knowledge.desk
    for name in desk.hide:
        if name not in knowledge.catalogue and not _was_hidden(knowledge, name):
            problems.error(
                desk.place,
                f"'{name}' in 'hide' is not an entry",
                did_you_mean(name, knowledge.catalogue)
                or "Only entries can be hidden. A flow is replaced by a file of its name in your 'flows' folder.",
            )
    _check_own_files(knowledge, problems)
    for team in desk.teams:
        for situation in team.situations:
            if situation not in knowledge.facts["situation"].choices:
                problems.error(
                    desk.place,
                    f"team '{team.id}' names the unknown situation '{situation}'",
                    did_you_mean(situation, knowledge.facts["situation"].choices),
                )
    if not deploy:
        return
    for value, what in (
        (desk.phone, "a phone number"),
        (desk.hours, "opening hours"),
        (desk.controller, "who is responsible for the data (controller)"),
        (desk.privacy_contact, "a privacy contact"),
    ):
        if not value:
            problems.error(desk.place, f"desk.yaml does not name {what}", "Fill it in before the desk opens.")
    if desk.example:
        problems.error(desk.place, "desk.yaml is still the example", "Fill in your own data and remove 'example: yes'.")


def _check_own_files(knowledge: Knowledge, problems: Problems) -> None:
    desk, folder = knowledge.desk, knowledge.folders[-1].resolve()
    for what, endings in OWN_FILES.items():
        name = str(getattr(desk, what))
        path = (folder / name).resolve()
        if name and (path.suffix not in endings or not path.is_relative_to(folder) or not path.is_file()):
            problems.error(
                desk.place,
                f"'{what}' names '{name}', and there is no such file beside desk.yaml",
                f"Put a file ending in {' or '.join(endings)} in the pack.",
            )


def _was_hidden(knowledge: Knowledge, name: str) -> bool:
    return any(path.stem == name for path in knowledge.catalogue_paths.values())
