"""What somebody wants: a course, a kind of course, a goal."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.people import keeps_staff, shares_staff
from knowledge.roles import Judged
from knowledge.sentence import COURSE_TAILS, Sentence, WorkMention
from knowledge.words import group

LONGEST_WISH = 4  # words

_CERTIFICATES = {
    ("vca",): "vca", ("vol", "vca"): "vol-vca", ("bhv",): "bhv", ("ehbo",): "ehbo", ("haccp",): "haccp",
    ("code", "95"): "code 95", ("heftruckcertificaat",): "heftruckcertificaat", ("nen", "3140"): "nen 3140",
    ("forklift", "license"): "forklift license", ("groot", "rijbewijs"): "groot rijbewijs",
    ("vrachtwagen", "rijbewijs"): "vrachtwagen rijbewijs", ("vrachtwagenrijbewijs",): "vrachtwagen rijbewijs",
    ("rijbewijs", "c"): "rijbewijs c", ("operator", "b"): "operator b", ("operator", "a"): "operator a",
}  # fmt: skip
_SHORT = frozenset(["vca", "bhv", "ehbo", "haccp"]) | {"code 95", "heftruckcertificaat", "nen 3140", "forklift license"}


@dataclass(frozen=True, slots=True)
class Wish:
    """A course in the visitor's own words."""

    text: str
    first: int
    last: int
    short: bool = False


def course(sentence: Sentence, judged: tuple[Judged, ...]) -> Wish | None:
    """The course or skill somebody wants, in their words; an occupation or kind of work is no course."""
    found = certificate(sentence) or _named_course(sentence, judged) or _verb_wish(sentence, judged)
    if found and sentence.clauses[found.first] in sentence.elsewhere:
        return None
    return found


def certificate(sentence: Sentence) -> Wish | None:
    """A paper everybody knows by its short name: vca, bhv, code 95."""
    texts = sentence.texts
    for at in range(len(texts)):
        for words, name in _CERTIFICATES.items():
            if tuple(texts[at : at + len(words)]) == words and not sentence.denied(at):
                ahead, before = sentence.after(at + len(words), 4), sentence.before(at, 6)
                if group("wishes_want") & {*ahead, *before} or "cursus" in ahead or "verlopen" in ahead:
                    return Wish(name, at, at + len(words), name in _SHORT)
    return None


def _named_course(sentence: Sentence, judged: tuple[Judged, ...]) -> Wish | None:
    texts = sentence.texts
    for at, word in enumerate(texts):
        if word in group("wishes_course_words") and not sentence.denied(at):
            short = word in ("cursus", "training", "workshop", "certificaat")
            found = _topic_after(sentence, at + 1, judged) or (
                _topic_before(sentence, at, judged) if word in ("cursus", "training", "certificaat", "les") else None
            )
            if found and not _is_verb_of_relative(sentence, found):
                return Wish(found[0], found[1], found[2], short)
        for tail in ("opleiding", "certificaat", "diploma"):
            stem = word.removesuffix(tail)
            verb = _verb_of(sentence, stem) if stem != word and len(stem) > 2 else stem
            if verb != stem:
                return Wish(verb, at, at + 1)
        tail = next((tail for tail in ("cursus", "training") if word.endswith(tail) and len(word) > len(tail) + 2), "")
        if tail and word not in ("inburgeringscursus", "taalcursus", "bijscholingscursus"):
            head = word[: -len(tail)]
            head = head[:-1] if head.endswith("s") and len(head) > 4 else head
            head = _verb_of(sentence, head)
            if head not in ("taal", "om", "her", "kort", "stoom", "vak"):
                return Wish(head, at, at + 1, True)
    return None


def _verb_of(sentence: Sentence, head: str) -> str:
    """The verb that a stem in a compound comes from: a "lascursus" is about "lassen"."""
    long_vowel = len(head) > 3 and head[-2] == head[-3] and head[-2] in "aeou"
    whole = head[:-2] + head[-1] + "en" if long_vowel else head + head[-1:] + "en"
    return next((verb for verb in (whole, head + "en") if verb in sentence.lexicon.works), head)


def _is_verb_of_relative(sentence: Sentence, found: tuple[str, int, int]) -> bool:
    """ "een bureau dat cursussen verkoopt": the verb that ends a clause is no topic."""
    _, first, last = found
    ends = not sentence.after(last, 1)
    return (
        ends and last - first == 1 and found[0].endswith("t") and bool({"dat", "die"} & set(sentence.before(first, 5)))
    )


def _topic_after(sentence: Sentence, at: int, judged: tuple[Judged, ...]) -> tuple[str, int, int] | None:
    texts = sentence.texts
    end = len(texts)
    while at < end and texts[at] in group("wishes_before_topic") and texts[at] not in ("om", "te"):
        if texts[at] in ("in", "voor") and at + 1 < end and sentence.in_place(at + 1, at + 2):
            return None
        at += 1
    last = at
    while last < end and last - at < LONGEST_WISH and texts[last][:1].isalnum():
        if texts[last] in group("wishes_stops") or sentence.in_place(last, last + 1):
            break
        last += 1
    return _clean(sentence, at, last, judged)


def _topic_before(sentence: Sentence, at: int, judged: tuple[Judged, ...]) -> tuple[str, int, int] | None:
    if (
        not at
        or not sentence.texts[at - 1][:1].isalpha()
        or sentence.texts[at - 1] in group("wishes_empty") | group("wishes_stops") | group("wishes_before_topic")
    ):
        return None
    return _clean(sentence, at - 1, at, judged)


def _clean(sentence: Sentence, first: int, last: int, judged: tuple[Judged, ...]) -> tuple[str, int, int] | None:
    while first < last and sentence.texts[first] in group("wishes_empty"):
        first += 1
    while last > first and sentence.texts[last - 1] in group("wishes_empty"):
        last -= 1
    while last > first and sentence.texts[last - 1].isdigit() and last - first > 1:
        last -= 1
    if last == first + 1 and sentence.before(first, 1) == ["iets"]:  # "iets rustigs": how it should be, not what
        return None
    if first >= last or all(text[:1].isdigit() for text in sentence.texts[first:last]):
        return None
    for one in judged:
        mention = one.mention
        if mention.first <= first and last <= mention.last and not _is_skill(mention):
            return None
    start, end = sentence.span(first, last)
    if sentence.in_place(first, last):
        return None
    return sentence.text[start:end].lower(), first, last


def _is_skill(mention: WorkMention) -> bool:
    """Whether a kind of work is also something to learn: "lassen", "warmtepompen", but not "metaal" or "computers"."""
    work = mention.work
    return not work.occupation and not work.business and can_be_learned(mention.said)


def can_be_learned(said: str) -> bool:
    if said in group("wishes_skills"):
        return True
    return said.endswith("en") and said not in group("wishes_not_skills")


def _verb_wish(sentence: Sentence, judged: tuple[Judged, ...]) -> Wish | None:
    """ "wil leren lassen", "wil heftruck rijden", "wil videobewerking leren"."""
    texts = sentence.texts
    for at, word in enumerate(texts):
        if word not in group("wishes_verbs") or sentence.denied(at):
            continue
        before = sentence.before(at, 7)
        opens = at == 0 and word == "leren"  # "leren lassen in Ulft"
        wants = group("wishes_want") - group("wishes_verbs") & set(before)
        if not wants and not opens and word not in ("haal", "leer"):
            continue
        first = at
        while (
            first > 0
            and at - first < LONGEST_WISH
            and texts[first - 1] not in group("wishes_stops") | group("wishes_want")
            and texts[first - 1][:1].isalnum()
        ):
            first -= 1
        found = _clean(sentence, first, at, judged) if word != "learn" else None
        if not found and word in ("leren", "learn", "leer"):
            found = _topic_after(sentence, at + 1, judged)
        if found and not _is_work_only(found, judged):
            text, first, last = found
            if word == "rijden":
                start, end = sentence.span(first, at + 1)
                text, last = sentence.text[start:end].lower(), at + 1
            return Wish(text, first, last)
    return None


def _is_work_only(found: tuple[str, int, int], judged: tuple[Judged, ...]) -> bool:
    """ "wil administratie doen" names a kind of work; "wil leren lassen" a skill."""
    return any(
        one.mention.first <= found[1]
        and found[2] <= one.mention.last
        and one.mention.said in ("administratie", "magazijnwerk")
        for one in judged
    )


def course_kind(sentence: Sentence, wish: Wish | None) -> str:
    """Short course, bbl, part of mbo, higher education or language; "" when not said or denied."""
    order = ("language", "bbl", "mbo_part", "mbo_bol", "higher", "short")
    found: set[str] = set()
    for hit in sentence.hits.get("course_kind", ()):
        if sentence.denied(hit.first) or sentence.clauses[hit.first] in sentence.elsewhere:
            continue
        word = sentence.texts[hit.first]
        ahead, before = sentence.after(hit.last, 3), sentence.before(hit.first, 5)
        if word == "bol" and (ahead[:1] == ["."] or sentence.texts[hit.first + 1 : hit.first + 2] == ["."]):
            continue
        if hit.value == "higher" and not (
            {"opleiding", "studie", "doen", "volgen", "studeren", "gaan", "ga"} & {*ahead, *before}
            or _is_wanted(before)
        ):
            continue
        if word == "bbl" and ahead[:1] and ahead[0].startswith("leerling"):
            continue
        if word == "bbler" or {"gestopt", "afgebroken"} & set(before):
            continue
        if word == "training" and ahead[:1] in (["plan"], ["money"]):
            continue
        found.add(hit.value)
    if wish and wish.short:
        found.add("short")
    return next((kind for kind in order if kind in found), "")


def _is_wanted(before: list[str]) -> bool:
    return bool({"wil", "graag"} & set(before)) and not {"heb", "diploma"} & set(before)


def goal(sentence: Sentence, situation: str) -> str:
    """What somebody wants most, when said in so many words."""
    order = ("start_business", "teach", "language", "other_sector", "diploma", "better_at_work", "find_work", "unsure")
    found = set()
    for hit in sentence.hits.get("goal", ()):
        if sentence.clauses[hit.first] in sentence.elsewhere and situation != "intermediary":
            continue
        if sentence.denied(hit.first) or _no_wish(sentence, hit.first):
            continue
        found.add(hit.value)
    if "find_work" in found and situation == "employee" and "other_sector" not in found:
        found.discard("find_work")
    return next((one for one in order if one in found), "")


def _no_wish(sentence: Sentence, first: int) -> bool:
    """ "geen zin in omscholen"."""
    before = sentence.before(first, 4)
    return "geen" in before and "zin" in before


def employer_goal(sentence: Sentence) -> str:
    """What an employer wants most."""
    order = (
        "guide_student", "team_plan", "share_workers", "keep_people", "find_people", "knowledge", "train_people",
    )  # fmt: skip
    found = set()
    for hit in sentence.hits.get("employer_goal", ()):
        if sentence.denied(hit.first) and hit.value != "find_people":
            continue
        if hit.value == "find_people" and {"subsidie", "geld"} & set(sentence.before(hit.first, 3)):
            continue
        if (
            hit.value == "find_people"
            and sentence.texts[hit.first] in ("krijg", "krijgen")
            and "opleiding" in sentence.texts
        ):
            continue
        if hit.value == "guide_student" and "onze" in sentence.before(hit.first, 1):
            continue
        found.add(hit.value)
    if shares_staff(sentence):
        found.add("share_workers")
    if keeps_staff(sentence):
        found.add("keep_people")
    if any(word.endswith(tuple(COURSE_TAILS)) and len(word) > 9 for word in sentence.texts):
        found.add("train_people")
    return next((one for one in order if one in found), "")
