"""Who a text is about: the visitor, the visitor's company, or somebody else."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.sentence import Sentence, WorkMention
from knowledge.situations import situations_told
from knowledge.words import group

_SELF = frozenset(["ik", "wij", "we", "mij", "ons", "ikzelf", "i"])
_POSSESSIVE = frozenset(["mijn", "me", "m", "my", "onze", "ons", "een", "de"])
_LATER = frozenset(["na", "daarna", "straks", "later", "erna"])
_NO_STAFF = (
    ("geen", "personeel"),
    ("zonder", "personeel"),
    ("no", "staff"),
    ("geen", "medewerkers"),
    ("no", "employees"),
)


def others(sentence: Sentence) -> frozenset[int]:
    """The clauses about somebody else: "mijn man is bakker". Their facts are not the visitor's."""
    found: set[int] = set()
    about_other = -1
    for at, word in enumerate(sentence.texts):
        clause = sentence.clauses[at]
        if word in _SELF:
            about_other = -1
        elif word in group("people_family") and _is_subject(sentence, at):
            verb = _past_aside(sentence, at + 1)
            if verb < len(sentence.texts) and sentence.texts[verb] in group("people_others_verbs"):
                about_other = sentence.clauses[verb] if verb > at + 1 else clause
                found.update(range(clause, about_other))
        if about_other == clause:
            found.add(clause)
    return frozenset(found | set(_later(sentence)))


def _is_subject(sentence: Sentence, at: int) -> bool:
    """Whether it tells about somebody near: "mijn man werkt", "kleindochter stopt"; not "zorg voor mijn moeder"."""
    if not at:
        return sentence.texts[at] not in group("people_not_near")
    return bool(_POSSESSIVE & set(sentence.before(at, 2))) and not {"voor", "met"} & set(sentence.before(at, 3))


def _past_aside(sentence: Sentence, at: int) -> int:
    """Where the words go on, past something between brackets: "mijn moeder (63) krijgt …"."""
    texts = sentence.texts
    return texts.index(")", at) + 1 if texts[at : at + 1] == ["("] and ")" in texts[at : at + 6] else at


def _later(sentence: Sentence) -> Iterator[int]:
    """Clauses that ask what will be: "heb ik na de opleiding een vast contract?" tells nothing about today."""
    for at, word in enumerate(sentence.texts[:-1]):
        opens = not at or sentence.clauses[at - 1] != sentence.clauses[at]
        asks = word in ("heb", "krijg", "ben", "hebben") and sentence.texts[at + 1] in ("ik", "we", "wij", "je")
        if opens and asks and _LATER & set(sentence.after(at + 2, 4)):
            yield sentence.clauses[at]


def works_alone(sentence: Sentence) -> bool:
    """An own company without staff."""
    pairs = set(zip(sentence.texts, sentence.texts[1:], strict=False))
    if pairs & set(_NO_STAFF) and not sentence.has("krijgen", "krijg", "vinden", "vind", "komt"):
        return True
    return (
        ("mijn", "eentje") in pairs
        or ("webshop", "alleen") in pairs
        or bool({"eenpitter", "eenpitters"} & set(sentence.texts))
    )


def owns(sentence: Sentence) -> bool:
    """ "heb een bakkerij", "wij zijn een loodgietersbedrijf", "mijn garage", "eigen zaak"."""
    own = sentence.lexicon.phrases.words_of("own")
    for mention in sentence.works:
        if not mention.work.business:
            continue
        before = sentence.before(mention.first, 6, same_clause=False)
        near = [word for word in before if word not in group("people_details")][-3:]
        if sentence.clauses[mention.first] in others(sentence) or sentence.denied(mention.first):
            continue
        if near[-2:-1] and near[-2] in own and near[-1] in ("een", "eigen", "a", "2", "3", "4"):
            return True
        if (near[-1:] and near[-1] in own) or before[-1:] == ["eigen"]:
            return True
        if near[-2:-1] == ["voor"] and {"subsidie", "subsidies", "regeling", "regelingen", "fonds"} & set(before):
            return True
        if near[-2:] in (["wij", "als"], ["we", "als"]) or near[-3:] in (["wij", "als", "een"], ["we", "als", "een"]):
            return True
        if near[-3:] in (["wij", "zijn", "een"], ["we", "zijn", "een"], ["zijn", "wij", "een"], ["we", "are", "a"]):
            return True
        if near[-1:] and near[-1] in ("mijn", "onze", "ons", "my", "our") and not _works_there(sentence):
            return True
        if near[-2:] in (["voor", "onze"], ["voor", "ons"], ["in", "mijn"]):
            return True
        ahead = sentence.after(mention.last, 3)
        if ahead[:1] and ahead[0] in ("nodig", "gezocht") and "ik" not in sentence.texts:
            return True
        if ahead[:1] and ahead[0] in ("zoekt", "zoeken", "wil") and mention.first == 0:
            return True
    return False


def _works_there(sentence: Sentence) -> bool:
    return any(hit.value == "employee" and hit.weight == 3 for hit in sentence.hits.get("situation", ()))


def situation(sentence: Sentence, has_size: bool) -> tuple[str, frozenset[str]]:
    """The situation somebody tells, or "", and the situations denied. A company with people is an employer."""
    weights: dict[str, int] = {}
    denied: set[str] = set()
    past: set[str] = set()
    elsewhere = others(sentence)
    for hit in sentence.hits.get("situation", ()):
        if sentence.denied(hit.first):
            denied.add(hit.value)
            continue
        if sentence.clauses[hit.first] in elsewhere and hit.value != "intermediary":
            continue
        if _is_turned(sentence, hit.value, hit.first, hit.last):
            continue
        if _is_past(sentence, hit.first, hit.last):
            past.add(hit.value)
            continue
        said = sentence.texts[hit.first : hit.last]
        if said in (["werk", "nu"], ["ik", "werk"], ["werk", "ik"]) and sentence.after(hit.last, 1) == ["niet"]:
            continue  # "werk nu niet"
        weights[hit.value] = max(weights.get(hit.value, 0), hit.weight)
    for value in situations_told(sentence.said) - denied:
        weights[value] = 3
    if not weights and not sentence.has(*group("people_now")):
        weights.update(dict.fromkeys(past, 3))
    if not weights and _does_work(sentence):
        weights["employee"] = 2
    if _were_dismissed(sentence):
        return "job_seeker", frozenset(denied)
    if _asks_what_will_be(sentence):
        weights.pop("employee", None)
    if "gestopt" in sentence.texts and "job_seeker" in weights:
        weights.pop("self_employed", None)  # "gestopt als zzp'er"
    only_of_another = _is_need_of_another(sentence) or _is_of_another(sentence)
    if elsewhere and not weights.keys() - {"job_seeker"} and only_of_another:
        weights["intermediary"] = 3
    if owns(sentence) or _has_staff(sentence) or _seeks_staff(sentence) or shares_staff(sentence):
        weights["employer"] = 3
    if _speaks_for_school(sentence):
        weights["school"] = 3
    if _is_general_question(sentence):
        weights.pop("employee", None)
        weights.pop("job_seeker", None)
    if has_size and not weights.keys() & {"employee", "job_seeker"}:
        weights["employer"] = max(weights.get("employer", 0), 3)
    for value in denied & weights.keys() if len(weights) > 1 else ():
        del weights[value]  # "het uitzendbureau belt niet, dus geen werk nu"
    found = _strongest(sentence, weights, has_size)
    return ("" if found in denied else found), frozenset(denied)


def _is_past(sentence: Sentence, first: int, last: int) -> bool:
    """ "ben vroeger zzp'er geweest, nu in loondienst", "was zzp nu werkloos": told of long ago, when the text says what
    is now. The marker before it decides, else the one right behind it."""
    if not sentence.has(*group("people_now")):
        return False
    marks = group("people_past") | group("people_now")
    before = [word for word in sentence.before(first, 6) if word in marks]
    behind = [word for word in sentence.after(last, 2) if word in marks]
    mark = before[-1] if before else next(iter(behind), "")
    return mark in group("people_past")


def _does_work(sentence: Sentence) -> bool:
    """ "ik doe productie in Born", "sta in de keuken bij …": a verb of doing with the kind of work behind it."""
    if sentence.has("wil", "zou", "graag", "gezocht", "zoek", "worden", "opleiding", "cursus"):
        return False
    return any(
        {"doe", "sta", "draai"} & set(sentence.before(one.first, 3)) and not sentence.denied(one.first)
        for one in sentence.works
    )


def _speaks_for_school(sentence: Sentence) -> bool:
    """ "vmbo zoekt een bedrijf voor een keuzevak", "wij zijn een vmbo en zoeken een docent", "juf van groep 8 zoekt …".

    Who looks for a job or tells a diploma speaks of a school too, and for himself.
    """
    said = set(sentence.texts)
    schools, teaches = group("people_schools"), bool(group("people_teachers") & said) or {"geef", "les"} <= said
    named = said & (schools | ({"klas", "groep", "leerlingen"} if teaches else set()))
    if not named or not group("people_school_wants") & said or group("people_own_schooling") & said:
        return False
    return (
        bool({"wij", "we", "ons", "onze", "our"} & said)
        or teaches
        or any(
            word in schools and {"zoekt", "zoeken", "wil"} & set(sentence.after(at + 1, 4))
            for at, word in enumerate(sentence.texts)
        )
    )


def is_short_of(sentence: Sentence, mention: WorkMention) -> bool:
    """ "we krijgen geen lassers", "ik kan geen monteurs vinden", "we komen niet aan koks"."""
    if not mention.work.occupation or not mention.plural:
        return False
    before, ahead = sentence.before(mention.first, 4), sentence.after(mention.last, 3)
    lacking = {"geen", "tekort", "aan", "nodig", "no"} & {*before, *ahead}
    return bool(lacking and group("people_getting") & {*before, *ahead})


def shares_staff(sentence: Sentence) -> bool:
    """ "chauffeurs delen met de buren", "timmerlieden uitwisselen"."""
    return _does_with_staff(sentence, group("people_sharing"))


def keeps_staff(sentence: Sentence) -> bool:
    """ "verpleegkundigen behouden", "hoe hou ik mijn monteurs vast"."""
    return _does_with_staff(sentence, group("people_keeping")) or any(
        one.plural and one.work.occupation and {"hou", "houd", "houden"} & set(sentence.before(one.first, 4))
        for one in sentence.works
    )


def _does_with_staff(sentence: Sentence, verbs: frozenset[str]) -> bool:
    return any(
        one.plural and one.work.occupation and verbs & set(sentence.after(one.last, 2)) for one in sentence.works
    )


def _is_need_of_another(sentence: Sentence) -> bool:
    """ "mijn man zit in de ww en zoekt een cursus": nobody says "ik"."""
    if {"ik", "wij", "we", "i", "zoek", "ben", "heb"} & set(sentence.texts):
        return False
    return sentence.has(*group("people_needing"))


def _were_dismissed(sentence: Sentence) -> bool:
    """ "wij zijn met 80 man ontslagen": those who lost their work, not their company."""
    said = set(sentence.texts)
    return "ontslagen" in said and "zijn" in said and bool({"wij", "we"} & said) and not {"hebben", "moeten"} & said


def _asks_what_will_be(sentence: Sentence) -> bool:
    """ "moet ik in ploegendienst werken als operator": about work one may get, not the work of today."""
    opens = sentence.texts[:2] in (["moet", "ik"], ["mag", "ik"], ["kan", "ik"], ["krijg", "ik"])
    return opens and "werken" in sentence.texts and not {"mijn", "nu", "ben", "werk", "baas"} & set(sentence.texts)


def _is_of_another(sentence: Sentence) -> bool:
    """Somebody near is all it is about: "mijn buurvrouw kan niet zo goed lezen"."""
    said = set(sentence.texts)
    near = said & (group("people_family") - group("people_not_near"))
    return bool(near) and not {"ik", "wij", "we", "i", "zoek", "ben", "heb", "mij", "woon"} & said


def _has_staff(sentence: Sentence) -> bool:
    """ "mijn lassers", "onze verpleegkundigen": several of a trade, and mine."""
    return any(
        one.plural and one.work.occupation and sentence.before(one.first, 1) in (["mijn"], ["onze"], ["me"])
        for one in sentence.works
    )


def _seeks_staff(sentence: Sentence) -> bool:
    """ "tandartsassistente gezocht", "we krijgen geen lassers", "we zoeken lassers", "ik zoek twee monteurs"."""
    ours = sentence.has("we", "wij", "ons", "onze")
    return any(
        (one.work.occupation and sentence.after(one.last, 1) == ["gezocht"])
        or (ours and is_short_of(sentence, one))
        or looks_for(sentence, one)
        for one in sentence.works
    )


def looks_for(sentence: Sentence, mention: WorkMention) -> bool:
    """ "we zoeken lassers", "zoek 2 koks", "we zoeken een kok voor ons restaurant": several of them, or one for us."""
    if not mention.work.occupation:
        return False
    before = sentence.before(mention.first, 4)
    if not before or not group("people_looking") & set(before) or {"werk", "baan", "cursus", "opleiding"} & set(before):
        return False
    ahead = sentence.after(mention.last, 4)
    for_us = bool({"we", "wij"} & set(before)) or (
        "voor" in ahead and bool({"ons", "onze", "mijn"} & set(ahead[ahead.index("voor") :]))
    )
    return mention.plural or before[-1][:1].isdigit() or for_us


def _is_general_question(sentence: Sentence) -> bool:
    """ "Mag je in ploegendienst een bbl doen?" is about everybody."""
    asks = sentence.texts[0] in group("people_asking")
    return asks and not (group("people_first_person") | {"ben", "woon", "zoek"}) & set(sentence.texts)


def _is_turned(sentence: Sentence, value: str, first: int, last: int) -> bool:
    """Words that look like a situation but are a wish or about others: "zzp'er worden", "iemand die werkloos is"."""
    ahead = sentence.after(last, 3)
    before = sentence.before(first, 4)
    said = set(sentence.texts[first:last])
    if value == "employer" and sentence.texts[first : first + 3] in (["wij", "zijn", "met"], ["we", "zijn", "met"]):
        return bool(group("traits_home") & set(sentence.texts))  # "zoek een woning, wij zijn met 5"
    if value == "employer" and {"bedrijf", "zaak"} & said:
        return bool({"beginnen", "starten", "start", "opzetten", "begin"} & set(ahead))
    if value == "intermediary":
        return before[-1:] == ["met"] or bool({"mantelzorg", "zorg", "zorgde", "gezorgd", "zieke"} & {*before, *said})
    if value == "self_employed":
        return bool(ahead[:1] and ahead[0] in ("worden", "beginnen", "starten")) or "starten" in before
    if value == "job_seeker":
        if said & {"mij", "me"}:  # "niemand wil mij aannemen"
            return False
        return "iemand" in before or "aannemen" in ahead or "andere" in sentence.texts[first:last]
    if value == "employee" and sentence.texts[first] in ("work", "werk") and group("people_seeking") & set(before):
        return True
    if value == "employee":
        return before[-1:] == ["aan"] or (
            bool({"als", "kan"} & set(before[-1:])) and "werkend" in sentence.texts[first:last]
        )
    return False


def _strongest(sentence: Sentence, weights: dict[str, int], has_size: bool) -> str:
    if "school" in weights:
        return "school"
    if "intermediary" in weights:
        return "intermediary"
    if weights.get("employer", 0) == 3:
        if works_alone(sentence) and not has_size:
            return "self_employed"
        if "self_employed" in weights and not has_size:
            return "self_employed"
        if weights.get("employee") != 3 or has_size:
            return "employer"
        plural = {"wij", "we", "onze", "ons"} & set(sentence.texts) and "ik" not in sentence.texts
        return "employer" if owns(sentence) or plural else "employee"
    if "self_employed" in weights:
        return "employer" if has_size else "self_employed"
    if weights.get("job_seeker") == 3 and weights.get("employee") != 3:
        return "job_seeker"
    if weights.get("job_seeker") == 3 and sentence.has("dienst", "loondienst") and not sentence.has("uit"):
        return "employee"  # ill or waiting at home, and still employed
    if weights.get("job_seeker") == 3:
        return "job_seeker" if _is_now_without(sentence) else "employee"
    if "employee" in weights:
        return "employee"
    return "job_seeker" if "job_seeker" in weights else ""


def _is_now_without(sentence: Sentence) -> bool:
    return sentence.has("werkloos", "werkzoekend", "ww", "bijstand", "ontslagen", "unemployed", "kwijt", "thuis") or (
        "geen" in sentence.texts and not sentence.has("nu")
    )
