"""Numbers that are never kept, on a synthetic set: found in every notation, and nothing else taken away."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import pytest

from knowledge.redaction import MARKERS, eleven_test, redact

ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")

NOTATIONS: list[Callable[[str], str]] = [
    lambda n: n,
    lambda n: f"{n[:3]} {n[3:6]} {n[6:]}",
    lambda n: f"{n[:3]}.{n[3:6]}.{n[6:]}",
    lambda n: f"{n[:4]}.{n[4:6]}.{n[6:]}",
    lambda n: f"{n[:3]}-{n[3:6]}-{n[6:]}",
    lambda n: f"{n[:3]}/{n[3:6]}/{n[6:]}",
    lambda n: f"{n[:3]}\n{n[3:6]}\n{n[6:]}",
    lambda n: f"{n[:3]}\u00a0{n[3:6]}\u00a0{n[6:]}",
    lambda n: " ".join(n),
    lambda n: f"{n[:5]} {n[5:]}",
    lambda n: n.translate(ARABIC),
    lambda n: n.translate(PERSIAN),
    lambda n: n.translate(WIDE),
    lambda n: f"{n[:3]} - {n[3:6]} - {n[6:]}",
]
SAID_BEFORE = [
    "mijn bsn is {}", "BSN: {}", "burgerservicenummer {}", "Mijn sofinummer: {}", "bsn-nummer {} en ik woon in Ede",
    "ja hoor, b.s.n. {}", "my citizen service number is {}", "BSN{}", "{} is mijn bsn", "hier is het: {} (bsn)",
]  # fmt: skip
BARE = ["{}", "hallo {}", "ik ben Piet, {}", "{} graag", "dit is hem: {}", "Jansen, {}, Arnhem", "nummer {}"]


def a_bsn(dice: random.Random) -> str:
    while True:
        digits = f"{dice.randrange(10_000_000, 999_999_999):09d}"
        if eleven_test(digits):
            return digits


def positives() -> list[str]:
    dice = random.Random(20261123)
    texts = []
    for turn in range(3200):
        notation = NOTATIONS[turn % len(NOTATIONS)]
        number = a_bsn(dice)
        if turn % 3 == 0:
            texts.append(dice.choice(BARE).format(NOTATIONS[turn % 9](number)))
        elif turn % 10 == 1:  # a typing error: the word says what it is
            wrong = f"{dice.randrange(100_000_000, 999_999_999)}"
            texts.append(dice.choice(SAID_BEFORE).format(notation(wrong)))
        else:
            texts.append(dice.choice(SAID_BEFORE).format(notation(number)))
    return texts


def negatives() -> list[str]:
    dice = random.Random(42)

    def digits(count: int) -> str:
        return "".join(str(dice.randrange(10)) for _ in range(count))

    makers: list[Callable[[], str]] = [
        lambda: f"bel me op 06-{digits(8)}",
        lambda: f"06 {digits(2)} {digits(2)} {digits(2)} {digits(2)}",
        lambda: f"mijn nummer is 0{dice.randrange(10, 79)}-{digits(7)}",
        lambda: f"+31 6 {digits(8)}",
        lambda: f"+31{dice.randrange(10, 79)}{digits(7)}",
        lambda: f"0031 6 {digits(8)}",
        lambda: f"kvk {digits(8)}",
        lambda: f"Ons KvK-nummer is {digits(8)}.",
        lambda: f"kamer van koophandel: {digits(8)}",
        lambda: f"geboren op {dice.randrange(1, 29):02d}-{dice.randrange(1, 13):02d}-{dice.randrange(1940, 2010)}",
        lambda: f"{dice.randrange(1, 29)}/{dice.randrange(1, 13)}/{dice.randrange(1940, 2027)}",
        lambda: f"{dice.randrange(1990, 2027)}-{dice.randrange(1, 13):02d}-{dice.randrange(1, 29):02d}",
        lambda: f"{dice.randrange(1990, 2027)}{dice.randrange(1, 13):02d}{dice.randrange(1, 29):02d}",
        lambda: f"€ {dice.randrange(100, 999)}.{digits(3)}.{digits(3)}",
        lambda: f"omzet van {dice.randrange(10, 999)}.{digits(3)}.{digits(3)} euro",
        lambda: f"{dice.randrange(10_000_000, 999_999_999)} euro",
        lambda: f"factuur {digits(9)}",
        lambda: f"factuurnummer: {digits(8)}",
        lambda: f"dossiernummer {digits(9)}",
        lambda: f"kenmerk {digits(9)}",
        lambda: f"bestelling {digits(9)} van 2024",
        lambda: f"RSIN {digits(9)}",
        lambda: f"klantnummer {digits(8)}",
        lambda: f"ik woon op {dice.randrange(1000, 9999)} AB {dice.randrange(1, 200)}",
        lambda: f"met {dice.randrange(2, 250)} mensen, sinds {dice.randrange(1980, 2026)}",
        lambda: f"tussen {dice.randrange(8, 12)}.00 en {dice.randrange(13, 20)}.30 uur op {dice.randrange(1, 28)}-11",
        lambda: f"{digits(12)}",
        lambda: f"barcode {digits(13)}",
        lambda: f"{dice.randrange(18, 66)} jaar, {dice.randrange(1, 40)} uur, groep {dice.randrange(1, 9)}",
        lambda: f"crebo {dice.randrange(25000, 26000)}",
        lambda: f"van {dice.randrange(2000, 2020)} tot {dice.randrange(2020, 2027)}",
        lambda: f"{dice.randrange(100, 999)} of {dice.randrange(100, 999)} uur",
        lambda: f"polis {digits(8)}",
        lambda: f"ik geef mijn bsn niet, bel {digits(2)} collega's of mail mij",
    ]
    return [dice.choice(makers)() for _ in range(8000)]


def test_a_citizen_service_number_is_found_in_every_notation() -> None:
    texts = positives()
    missed = [text for text in texts if "bsn" not in redact(text).found]
    assert len(missed) <= len(texts) * 0.005, missed[:10]


def test_nothing_else_is_taken_for_one() -> None:
    texts = negatives()
    wrong = [text for text in texts if redact(text).text != text]
    assert len(wrong) <= len(texts) * 0.005, (len(wrong), wrong[:20])


def test_no_digit_of_a_found_number_stays_behind() -> None:
    dice = random.Random(7)
    for notation in NOTATIONS:
        number = a_bsn(dice)
        text = redact(f"mijn bsn is {notation(number)} hoor").text
        assert text == f"mijn bsn is {MARKERS['bsn']} hoor"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("NL91 ABNA 0417 1643 00", "[rekeningnummer verwijderd]"),
        ("stort op nl91abna0417164300 graag", "stort op [rekeningnummer verwijderd] graag"),
        ("NL91.ABNA.0417.1643.00", "[rekeningnummer verwijderd]"),
        ("BE68 5390 0754 7034 is van mij", "[rekeningnummer verwijderd] is van mij"),
        ("DE89370400440532013000", "[rekeningnummer verwijderd]"),
        ("mijn paspoort NX12B34C5", "mijn paspoort [documentnummer verwijderd]"),
        ("rijbewijs 1234567890", "rijbewijs [documentnummer verwijderd]"),
        ("v-nummer 123 4567 890", "v-nummer [documentnummer verwijderd]"),
        ("verblijfsdocument nummer IXA123456", "verblijfsdocument nummer [documentnummer verwijderd]"),
        ("mijn wachtwoord is hond123", "mijn wachtwoord is [wachtwoord verwijderd]"),
        ("wachtwoord: Zomer2024!", "wachtwoord: [wachtwoord verwijderd]"),
        ("pincode 4821", "pincode [wachtwoord verwijderd]"),
        ("ik ben mijn wachtwoord vergeten", "ik ben mijn wachtwoord vergeten"),
        ("ik heb geen paspoort, ik ben 52", "ik heb geen paspoort, ik ben 52"),
        ("bel 0612345678 en 111222333", "bel 0612345678 en [BSN verwijderd]"),
        ("06-12345678 111222333", "06-12345678 [BSN verwijderd]"),
        ("000000000", "000000000"),
        ("", ""),
    ],
)
def test_other_numbers_and_their_look_alikes(text: str, clean: str) -> None:
    assert redact(text).text == clean


def test_a_number_that_was_asked_for_is_read_as_that() -> None:
    assert redact("111222333", "amount").text == "111222333"
    assert redact("111222333", "phone").text == "111222333"
    assert redact("bsn 111222333", "phone").text == "bsn [BSN verwijderd]"
    assert redact("111222333", "text").text == "[BSN verwijderd]"


def test_ordinary_texts_cost_next_to_nothing_and_strange_ones_end() -> None:
    start = time.perf_counter()
    for text in ("ik wil graag een opleiding doen in de zorg " * 20, "1 " * 20_000, "NL91" * 5_000, "1.2-3/" * 8_000):
        redact(text)
    assert time.perf_counter() - start < 2
