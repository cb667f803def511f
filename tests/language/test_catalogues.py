"""Every translation file: readable by gettext tools, with the same holes, and honest about what it lacks."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from bot.commands.translating import merge, translate
from flows.content import Content
from flows.languagelines import complaints, keyed_texts, language_lines
from knowledge.i18n import po_header
from knowledge.languages import OWN_NAMES
from tests.shipped import shipped

PARTIAL = ("ar", "tr", "pl", "uk")
ROOT = Path(__file__).parents[2]
FILES = [path for room in ("flows", "knowledge") for path in sorted((ROOT / room / "i18n").glob("*.po"))]


@pytest.fixture(scope="module")
def content() -> Content:
    return shipped()


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_a_file_is_read_by_babel_and_each_text_fits_its_dutch(path: Path, content: Content) -> None:
    with path.open("rb") as file:
        catalogue = read_po(file, abort_invalid=True)
    texts = {text.key: text for text in keyed_texts(content)}
    found = [message for message in catalogue if message.id]
    assert found
    assert len({message.context for message in found}) == len(found)
    for message in found:
        text = texts.get(str(message.context))
        if text is not None and message.string and message.id == text.dutch and not message.fuzzy:
            assert complaints(text, str(message.string)) == [], message.context


@pytest.mark.parametrize("language", PARTIAL)
def test_a_partial_language_asks_for_a_native_reader(language: str, content: Content) -> None:
    for room in ("flows", "knowledge"):
        header = po_header((ROOT / room / "i18n" / f"{language}.po").read_text(encoding="utf-8"))
        assert header["X-Review"] == "needs review by a native reader"
        assert header["Language"] == language
    assert content.is_partial(language)
    line = next(line for line in language_lines(content) if line.strip().startswith(language))
    assert "needs review by a native reader" in line
    assert OWN_NAMES[language] in line


def test_languages_are_offered_in_a_fixed_order_by_their_own_names(content: Content) -> None:
    assert content.languages == tuple(OWN_NAMES)
    assert not content.is_partial("nl")
    assert not content.is_partial("en")


def test_what_a_translator_wrote_is_never_lost(content: Content) -> None:
    """Changed Dutch makes a text fuzzy with the old words beside it; a text that is gone stays as obsolete."""
    one, *rest = [text for text in keyed_texts(content) if text.room == "flows"][:3]
    first, _ = merge(read_po([]), [one, *rest], empties=True)
    translated = first.get(one.dutch, context=one.key)
    assert translated is not None
    translated.string = "Jeden"
    changed = [type(one)(one.key, "Andere tekst.", one.room, one.place), *rest]
    merged, counts = merge(first, changed, empties=False)
    message = merged.get("Andere tekst.", context=one.key)
    assert message is not None
    assert message.fuzzy
    assert message.string == "Jeden"
    assert message.previous_id == [one.dutch]
    assert counts.fuzzy == 1
    gone, counts = merge(merged, rest, empties=False)
    assert counts.gone == 1
    assert "Jeden" in [found.string for found in gone.obsolete.values()]


def test_a_pack_brings_a_language_of_its_own_and_update_twice_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "desk.yaml").write_text("name: Loket\nlanguages: [nl]\n", encoding="utf-8")

    def run(action: str, **given: object) -> int:
        options = {"language": "ro", "all": True, "output": tmp_path, "content": tmp_path} | given
        return translate(argparse.Namespace(action=action, **options))

    assert run("update") == 0
    path = tmp_path / "flows" / "i18n" / "ro.po"
    before = path.read_bytes()
    assert run("update") == 0
    assert path.read_bytes() == before
    text = path.read_text(encoding="utf-8").replace(
        'msgctxt "phrase.b_yes"\nmsgid "Ja"\nmsgstr ""', 'msgctxt "phrase.b_yes"\nmsgid "Ja"\nmsgstr "Da"'
    )
    path.write_text(text, encoding="utf-8")
    assert Content.load(tmp_path).tr("phrase.b_yes", "Ja", "ro") == "Da"
    assert run("check") == 0
    assert "ro: 1 of" in capsys.readouterr().out
    path.write_text(text.replace('msgstr "Da"', 'msgstr "Da {naam}"'), encoding="utf-8")
    assert run("check") == 1
    assert "placeholders" in capsys.readouterr().out
    assert run("extract") == 0
    assert 'msgctxt "facts.situation.question"' in (tmp_path / "knowledge.pot").read_text(encoding="utf-8")
