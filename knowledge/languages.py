"""Languages as people choose them: their own names in their own script, in a fixed order, and how they are written.

A name never comes with a flag: a language is no country. The order is that of the newcomers' desks; it does not decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime

OWN_NAMES = {
    "nl": "Nederlands", "en": "English", "ar": "العربية", "tr": "Türkçe", "pl": "Polski", "uk": "Українська",
}  # fmt: skip
DUTCH_NAMES = {
    "nl": "Nederlands", "en": "Engels", "ar": "Arabisch", "tr": "Turks", "pl": "Pools", "uk": "Oekraïens",
}  # fmt: skip
RIGHT_TO_LEFT = frozenset(["ar", "fa", "ps", "ckb"])
INFORMAL = "nl_informal"  # a catalogue of Dutch with *je*: a form of address, not a language to choose

_FIRST, _LEFT, _END = "\u2068", "\u2066", "\u2069"  # bidi isolates: by the first strong letter, left to right, end
# Arabic turns '0800-0113' round: in its context the hyphen and the space are no part of the number.
_NUMBER = re.compile(r"\+?\d[\d .\-/]*[ \-/][\d .\-/]*\d")
_SCRIPTS = {"ar": re.compile("[\u0600-\u06ff]"), "uk": re.compile("[\u0400-\u04ff]")}

_DAYS = {
    "ar": ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"),
    "tr": ("Pazartesi", "Salı", "Çarşamba", "Perşembe", "Cuma", "Cumartesi", "Pazar"),
    "pl": ("w poniedziałek", "we wtorek", "w środę", "w czwartek", "w piątek", "w sobotę", "w niedzielę"),
    "uk": ("у понеділок", "у вівторок", "у середу", "у четвер", "у п'ятницю", "у суботу", "у неділю"),
}
_MONTHS = {
    "ar": ("يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس",
           "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"),
    "tr": ("Ocak", "Şubat", "Mart", "Nisan", "Mayıs", "Haziran", "Temmuz", "Ağustos",
           "Eylül", "Ekim", "Kasım", "Aralık"),
    "pl": ("stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca", "lipca", "sierpnia",
           "września", "października", "listopada", "grudnia"),
    "uk": ("січня", "лютого", "березня", "квітня", "травня", "червня", "липня", "серпня", "вересня", "жовтня",
           "листопада", "грудня"),
}  # fmt: skip
_ON_DAY = {"ar": "يوم {day} {number} {month}", "tr": "{number} {month} {day}", "pl": "{day}, {number} {month}",
           "uk": "{day}, {number} {month}"}  # fmt: skip
_TODAY = {"ar": "اليوم", "tr": "bugün", "pl": "dzisiaj", "uk": "сьогодні"}
_AT_THE_LATEST = {"ar": "{day} الساعة {time} على أبعد تقدير", "tr": "en geç {day}, saat {time}",
                  "pl": "najpóźniej {day} o godz. {time}", "uk": "не пізніше ніж {day}, до {time}"}  # fmt: skip
_OPEN_UNTIL = {"ar": "نحن متاحون حتى الساعة {time}.", "tr": "Saat {time} kadar açığız.",
               "pl": "Mamy otwarte do godz. {time}.", "uk": "Ми працюємо до {time}."}  # fmt: skip
_BACK_ON = {"ar": "نحن مغلقون الآن. نعود {day} الساعة {time}.",
            "tr": "Şu anda kapalıyız. Yeniden açılış: {day}, saat {time}.",
            "pl": "Teraz mamy zamknięte. Wracamy {day} o godz. {time}.",
            "uk": "Зараз ми зачинені. Ми знову тут {day}, {time}."}  # fmt: skip


def in_order(found: Iterable[str]) -> tuple[str, ...]:
    """Dutch first, then the order of `OWN_NAMES`, then the others by their code. Forms of address are left out."""
    known = {one for one in found if "_" not in one} | {"nl"}
    return (*(one for one in OWN_NAMES if one in known), *sorted(known - OWN_NAMES.keys()))


def direction(language: str) -> str:
    """`rtl` or `ltr`, as HTML wants it."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def script_language(text: str, language: str) -> str:
    """`language` when a text holds letters of its script, else Dutch: what fell back is read out as Dutch."""
    script = _SCRIPTS.get(language)
    return language if script is None or script.search(text) else "nl"


def language_of_script(text: str) -> str:
    """A language of ours whose script most letters of a text are in; '' for Latin letters."""
    letters = sum(one.isalpha() for one in text)
    found = (one for one, script in _SCRIPTS.items() if letters and len(script.findall(text)) * 2 > letters)
    return next(found, "")


# Small words that give a language away; none of them is Dutch or English.
_TELLING = {
    "tr": (
        "ölmek yaşamak kendimi kocam beni merhaba selam selamun türkçe turkce var mı miyim istiyorum arıyorum "
        "ariyorum iş işi için nasıl nerede bana yardım çalışmak çalışıyorum öğrenmek kursu kurs bilen biri "
        "değil ama çok oturuyorum meslek yapmak lütfen ve bir iyi günler konuşuyorum hollandaca"
    ),
    "pl": (
        "umrzeć żyć zabić mąż bije dzień dzien dobry pracuję pracuje chciałbym chciałabym chcialbym szukam "
        "pracy praca jestem się czy mogę moge przez holandii jak gdzie mam chcę proszę prosze polsku kurs dla "
        "język nie cześć dziękuję mówię agencję mieszkam mówisz mowisz mówi jako spawacz pracować pracowac umiem tutaj "
        "potrzebuję potrzebuje szkolenie pomoc jestem pomóc kierowca magazyn"
    ),
    "de": (
        "ich sterben leben mann schlägt wohne arbeite und bekomme möchte suche arbeit guten tag nicht für "
        "deutsch eine einen weiterbildung wie mein meine kann bezahlt aus bin habe mit auf"
    ),
    "fr": (
        "mourir tuer mari frappe je suis cherche travail bonjour une pour veux voudrais formation français "
        "avec dans habite parle emploi et"
    ),
    "es": (
        "morir matar matarme vivir marido pega hola busco trabajo quiero soy estoy para español como puedo "
        "vivo tengo curso buenos dias necesito trabajar hablas habla ayuda empleo gracias"
    ),
    "ro": (
        "mor trăiesc sinucid bate buna bună caut vreau sunt lucru munca muncă pentru româna romana lucrez "
        "vorbesc salut locuiesc vorbești vorbesti sudor șofer sofer ajutor curs"
    ),
}
_TELLS = {language: frozenset(words.split()) for language, words in _TELLING.items()}
# Of those, words that a Dutch or English text may hold too: they count only beside others.
_SHARED = frozenset(
    ("leben", "mann", "mor", "kurs", "je", "une", "tag", "bin", "mit", "mein", "mam", "nie", "ve", "bir", "et", "salut",
     "wie", "aus", "auf", "como", "para")
)  # fmt: skip
TELLING_WORDS = frozenset().union(*_TELLS.values()) - _SHARED  # a text that holds none is in no such language
_LEAST_TOLD = 2  # such words that are no other language's, and a third of all words
SORRY = {
    "de": "Ich kann leider kein Deutsch. Ein Mensch hilft Ihnen gern: tippen Sie bel mij.",
    "fr": "Je ne parle pas français, désolé. Une personne peut vous appeler : tapez bel mij.",
    "es": "Lo siento, no hablo español. Una persona puede llamarle: escriba bel mij.",
    "ro": "Îmi pare rău, nu vorbesc româna. O persoană vă poate suna: scrieți bel mij.",
}


def language_of_words(text: str) -> str:
    """The language a text in Latin letters is surely in when it is neither Dutch nor English; else ''."""
    said = [word.strip(".,!?;:()'\"") for word in text.casefold().split()]
    found = {language: [word for word in said if word in tells] for language, tells in _TELLS.items()}
    best = max(found, key=lambda language: len(found[language]))
    sure = [word for word in found[best] if word not in _SHARED]
    enough = len(sure) >= _LEAST_TOLD and len(found[best]) * 3 >= len(said)
    return best if enough else ""


def likely_language(text: str) -> str:
    """The foreign language a short text is likely in, by script or one telling word; '' for Dutch and English."""
    if script := language_of_script(text):
        return script
    said = {word.strip(".,!?;:()'\"") for word in text.casefold().split()}
    found = {language: len((tells - _SHARED) & said) for language, tells in _TELLS.items()}
    best = max(found, key=lambda language: found[language])
    return best if found[best] else ""


def isolated(value: str) -> str:
    """A name or number put into a sentence that runs the other way: it keeps its own direction."""
    return f"{_FIRST}{value}{_END}" if value else value


def with_isolated_numbers(text: str) -> str:
    """'اتصل على 0800-0113': the parts of a telephone number stay in the order in which they are dialled."""
    return _NUMBER.sub(lambda found: f"{_LEFT}{found.group()}{_END}", text)


def without_isolates(text: str) -> str:
    """The text as it was before `isolated`: for comparing, exports and the coach's clipboard."""
    return text.translate({ord(mark): None for mark in (_FIRST, _LEFT, _END)})


def speaks_of_time(language: str) -> bool:
    """Whether days and hours can be said here; Dutch and English say them themselves."""
    return language in _DAYS


def day_name(day: date, language: str) -> str:
    """ "w poniedziałek, 23 listopada": written out, because locale data writes hidden marks and odd orders."""
    return _ON_DAY[language].format(
        day=_DAYS[language][day.weekday()], number=day.day, month=_MONTHS[language][day.month - 1]
    )


def at_the_latest(due: datetime, today: bool, language: str) -> str:
    """ "najpóźniej w poniedziałek, 23 listopada o godz. 11:00": a promise. `due` is on the visitor's clock."""
    day = _TODAY[language] if today else day_name(due.date(), language)
    return _AT_THE_LATEST[language].format(day=day, time=f"{due:%H:%M}")


def open_until(end: datetime, language: str) -> str:
    return _OPEN_UNTIL[language].format(time=f"{end:%H:%M}")


def back_on(start: datetime, language: str) -> str:
    return _BACK_ON[language].format(day=day_name(start.date(), language), time=f"{start:%H:%M}")
