"""What the desk tells a visitor when people take over, in Dutch and English."""

from __future__ import annotations

PHRASES: dict[str, tuple[str, str]] = {
    "claimed": (
        "U praat nu met coach {name} (een mens). De digitale hulp antwoordt niet meer.",
        "You are now talking to coach {name} (a person). The digital assistant no longer answers.",
    ),
    "taken_over": ("Coach {name} neemt het over.", "Coach {name} is taking over."),
    "released": (
        "Een andere coach helpt u verder. U hoeft niets te doen.",
        "Another coach will help you. You need not do anything.",
    ),
    "handed_over": ("Coach {name} helpt u verder.", "Coach {name} will help you from here."),
    "handed_over_team": (
        "Ik draag u over aan een collega. U hoeft niets te doen.",
        "I am handing you over to a colleague. You need not do anything.",
    ),
    "handed_back": (
        "U praat weer met de digitale hulp. Typ coach als u een mens wilt.",
        "You are talking to the digital assistant again. Type coach if you want a person.",
    ),
    "closed": (
        "De coach heeft uw vraag afgerond. Hebt u nog een vraag? Schrijf dan gewoon weer.",
        "The coach has closed your question. Another question? Just write again.",
    ),
    "lapsed": (
        "We hoorden niets meer van u. Daarom sluiten we uw vraag. U kunt altijd weer schrijven.",
        "We did not hear from you, so we are closing your question. You can always write again.",
    ),
    "nudge": (
        "De coach wacht nog op uw antwoord. Schrijf het hier, wanneer het u uitkomt.",
        "The coach is still waiting for your answer. Write it here when it suits you.",
    ),
    "late": (
        "Het duurt langer dan we zeiden. Sorry. Een coach reageert {promise}.",
        "It takes longer than we said. Sorry. A coach will answer {promise}.",
    ),
    "outcome_granted": (
        "Een tijd geleden vroeg u iets aan: {entry}. Is dat toegekend?",
        "Some time ago you applied for {entry}. Was it granted?",
    ),
    "outcome_started": ("Bent u al begonnen met uw opleiding?", "Have you started your training yet?"),
    "outcome_finished": ("Hebt u uw opleiding afgerond?", "Have you finished your training?"),
    "outcome_yes": ("Ja", "Yes"),
    "outcome_no": ("Nee", "No"),
    "outcome_not_yet": ("Nog niet", "Not yet"),
    "outcome_yes_thanks": ("Wat fijn! We hebben het genoteerd.", "Good to hear! We have noted it."),
    "outcome_no_thanks": (
        "Dank u voor uw antwoord. Een coach kijkt met u mee.",
        "Thank you for your answer. A coach will look at it with you.",
    ),
    "outcome_not_yet_thanks": ("Dank u. We vragen het later nog eens.", "Thank you. We will ask again later."),
    "outcome_follow_up": ("Het ging niet door. Bel wat er wel kan.", "It did not happen. Call about what can."),
    "late_open": (
        "Het duurt langer dan we zeiden. Sorry. We zijn u niet vergeten.",
        "It takes longer than we said. Sorry. We have not forgotten you.",
    ),
}


def say(key: str, language: str, **values: str) -> str:
    dutch, english = PHRASES[key]
    return (english if language == "en" else dutch).format(**values)
