"""Words of the chat pages in Dutch and English. Dutch is the source; a language without a text falls back to Dutch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from knowledge.i18n import Translations
from knowledge.languages import OWN_NAMES, RIGHT_TO_LEFT, isolated

LANGUAGES = OWN_NAMES
# The other languages are gettext files, by the key below, for what stands around a conversation.
ELSEWHERE = Translations.load(Path(__file__).parent / "i18n")
# Pages that hold nothing but those words and the conversation; the others are Dutch from top to bottom.
WHOLE_PAGES = ("chat.html", "news.html", "wipe.html", "overview.html")

TEXTS: dict[str, tuple[str, str]] = {
    "skip": ("Naar het gesprek", "Go to the conversation"),
    "skip_main": ("Naar de inhoud", "Go to the content"),
    "log": ("Gesprek", "Conversation"),
    "bot": ("Digitale hulp", "Digital assistant"),
    "bot_is": ("een computer", "a computer"),
    "you": ("U", "You"),
    "coach": ("Coach", "Coach"),
    "coach_is": ("een mens", "a human"),
    "system": ("Bericht van het loket", "Message from the desk"),
    "say": ("Uw bericht", "Your message"),
    "say_placeholder": ("Typ hier uw vraag of antwoord", "Type your question or answer here"),
    "send": ("Verstuur", "Send"),
    "coach_ask": ("Vraag een coach", "Ask a coach"),
    "call_me": ("Bel mij", "Call me"),
    "erase": ("Wis dit gesprek", "Erase this conversation"),
    "erase_short": ("Wis", "Erase"),
    "more": ("Meer", "More"),
    "back": ("Stap terug", "One step back"),
    "overview": ("Wat ik van u weet", "What I know about you"),
    "nothing_known": ("Nog niets. Vertel gerust waar u mee zit.", "Nothing yet. Tell us what you need."),
    "change": ("Wijzig", "Change"),
    "plan": ("Mijn plan", "My plan"),
    "plan_print": ("Print mijn plan", "Print my plan"),
    "elsewhere": ("Verder op een ander apparaat", "Continue on another device"),
    "read_aloud": ("Lees voor", "Read aloud"),
    "read_stop": ("Stop voorlezen", "Stop reading"),
    "language": ("Taal", "Language"),
    "human_title": ("Liever een mens?", "Rather talk to a human?"),
    "human_text": ("Een coach is gratis en denkt met u mee.", "A coach is free and thinks along with you."),
    "phone": ("Bel {phone}", "Call {phone}"),
    "this_talk": ("Dit gesprek", "This conversation"),
    "waiting": ("U wacht op een coach.", "You are waiting for a coach."),
    "waiting_until": ("Een coach reageert {promise}.", "A coach will respond {promise}."),
    "waiting_number": ("Uw nummer is {case}.", "Your number is {case}."),
    "with_coach": ("U praat met coach {coach}, een mens.", "You are talking to coach {coach}, a human."),
    "go_on": ("U kunt gewoon doorschrijven.", "You can keep writing."),
    "privacy": ("Privacy", "Privacy"),
    "sources": ("Bronnen", "Sources"),
    "accessibility": ("Toegankelijkheid", "Accessibility"),
    "my_data": ("Mijn gegevens", "My data"),
    "my_data_text": (
        "Dit weet het loket van u. Print of bewaar deze pagina als u dat wilt.",
        "This is what the desk knows about you.",
    ),
    "my_data_once": ("Deze link werkt één keer.", "This link works once."),
    "my_data_show": ("Laat mijn gegevens zien", "Show my data"),
    "my_data_gone": (
        "Deze link is al gebruikt of te oud. Typ in de chat opnieuw: mijn gegevens.",
        "This link was used before or is too old. Type in the chat again: my data.",
    ),
    "confirm": ("Klaar met kiezen", "Done choosing"),
    "choose": ("Kies een antwoord", "Choose an answer"),
    "choose_many": ("U mag meer antwoorden kiezen", "You may choose more than one answer"),
    "why": ("Waarom", "Why"),
    "first_step": ("Dit kunt u nu doen", "What you can do now"),
    "details": ("Meer over dit advies", "More about this advice"),
    "amount": ("Bedrag", "Amount"),
    "window": ("Wanneer", "When"),
    "still_open": ("Nog niet bekend", "Not known yet"),
    "source": ("Bron", "Source"),
    "checked": ("Nagekeken op {date}", "Checked on {date}"),
    "website": ("Naar de website", "To the website"),
    "fits": ("Past bij u", "Fits you"),
    "coach_decides": ("Een mens beslist mee", "A person helps decide"),
    "maybe": ("Kan bij u passen", "May fit you"),
    "does_not_fit": ("Past niet bij u", "Does not fit you"),
    "open": ("Nu open", "Open now"),
    "opens_on": ("Gaat later open", "Opens later"),
    "closed": ("Nu dicht", "Closed now"),
    "paused": ("Staat stil", "On hold"),
    "ended": ("Bestaat niet meer", "No longer exists"),
    "unknown": ("Vraag na of het open is", "Ask whether it is open"),
    "offline": (
        "Geen verbinding. Uw bericht staat nog in het vak.",
        "No connection. Your message is still in the box.",
    ),
    "not_stored": (
        "Uw bericht kon even niet worden bewaard. Probeer het over een paar tellen nog eens.",
        "Your message could not be stored just now. Please try again in a few seconds.",
    ),
    "too_fast": (
        "U stuurt veel berichten achter elkaar. Wacht even en probeer het dan opnieuw.",
        "You are sending many messages in a row. Please wait a moment and try again.",
    ),
    "empty": ("Typ eerst een bericht, of kies een knop.", "Type a message first, or choose a button."),
    "busy": ("De digitale hulp denkt na.", "The digital assistant is thinking."),
    "idle": (
        "U was even weg. Daarom staat het gesprek niet meer op het scherm.",
        "You were away. That is why the conversation is no longer on the screen.",
    ),
    "idle_soon": (
        "Over 2 minuten maken we dit scherm leeg. Beweeg of typ om door te gaan.",
        "In 2 minutes we clear this screen. Move or type to go on.",
    ),
    "idle_show": ("Laat het gesprek weer zien", "Show the conversation again"),
    "erase_title": ("Wilt u dit gesprek wissen?", "Do you want to erase this conversation?"),
    "erase_text": (
        "Dan verwijderen we uw berichten en antwoorden. Dat kan niet terug.",
        "Then we delete your messages and answers. This cannot be undone.",
    ),
    "erase_case": (
        "Wacht u op een coach? Dan trekken we ook die vraag in.",
        "Are you waiting for a coach? Then that request is withdrawn too.",
    ),
    "erase_yes": ("Ja, wis alles", "Yes, erase everything"),
    "erase_no": ("Nee, terug naar het gesprek", "No, back to the conversation"),
    "leave_title": ("Zit u op een computer van een ander?", "Are you on somebody else's computer?"),
    "leave_text": (
        "Haal het gesprek dan alleen van dit scherm. Schrijf eerst uw code op als u later verder wilt.",
        "Then only remove the conversation from this screen. Write down your code first if you want to go on later.",
    ),
    "leave_do": ("Alleen van dit scherm halen", "Only remove from this screen"),
    "erased_title": ("Uw gesprek is gewist", "Your conversation has been erased"),
    "erased_text": (
        "We hebben uw berichten en antwoorden verwijderd. U kunt altijd opnieuw beginnen.",
        "We have deleted your messages and answers. You can always start again.",
    ),
    "left_title": ("Dit scherm is leeg", "This screen is empty"),
    "left_text": (
        "Het gesprek staat niet meer op dit scherm. Met uw code gaat u later verder.",
        "The conversation is no longer on this screen. You can go on later with your code.",
    ),
    "start_again": ("Begin een nieuw gesprek", "Start a new conversation"),
    "resume_title": ("Verder op een ander apparaat", "Continue on another device"),
    "resume_show": (
        "Open op het andere apparaat deze pagina, of scan de code. Vul daar in:",
        "Open this page on the other device, or scan the code. Then enter:",
    ),
    "resume_short": ("Deze code werkt 10 minuten en één keer.", "This code works once, for 10 minutes."),
    "resume_make": ("Maak een code", "Make a code"),
    "resume_have": ("Ik heb een code", "I have a code"),
    "resume_label": ("Uw code", "Your code"),
    "resume_go": ("Ga verder", "Continue"),
    "resume_telegram": ("Verder in Telegram", "Continue in Telegram"),
    "resume_wrong": (
        "Deze code werkt niet. Kijk of u hem goed hebt overgenomen, of maak een nieuwe.",
        "This code does not work. Check whether you copied it correctly, or make a new one.",
    ),
    "resume_keep": (
        "Wilt u de code bewaren voor later? Dan werkt hij 28 dagen, één keer.",
        "Do you want to keep the code for later? Then it works once, for 28 days.",
    ),
    "resume_make_long": ("Maak een code voor later", "Make a code for later"),
    "resume_secret": ("Deel deze code met niemand.", "Do not share this code with anyone."),
    "resume_none": ("Begin eerst een gesprek. Dan kunt u een code maken.", "Start a conversation first."),
    "plan_title": ("Mijn plan", "My plan"),
    "plan_made": ("Gemaakt op {date}", "Made on {date}"),
    "plan_known": ("Dit heb ik verteld", "What I told the desk"),
    "plan_advice": ("Dit past bij mij of kan passen", "What fits me or may fit"),
    "plan_empty": (
        "Er is nog geen advies. Praat eerst verder in de chat.",
        "There is no advice yet. Go on in the chat.",
    ),
    "plan_check": (
        "Regels veranderen. Controleer altijd de datum en de bron, of vraag een coach.",
        "Rules change. Always check the date and the source, or ask a coach.",
    ),
    "plan_qr": ("Terug naar de chat", "Back to the chat"),
    "plan_send": ("Stuur naar mezelf", "Send to myself"),
    "plan_mail": ("Per mail", "By e-mail"),
    "plan_sms": ("Per sms", "By text message"),
    "plan_whatsapp": ("Per WhatsApp", "By WhatsApp"),
    "plan_send_note": (
        "Uw eigen telefoon of computer verstuurt dit bericht. Wij zien het niet.",
        "Your own phone or computer sends this message. We do not see it.",
    ),
    "print": ("Print", "Print"),
    "to_chat": ("Terug naar de chat", "Back to the chat"),
    "not_found_title": ("Deze pagina bestaat niet", "This page does not exist"),
    "not_found_text": (
        "Misschien is de link oud. Uw gesprek is er nog.",
        "The link may be old. Your conversation is still there.",
    ),
    "error_title": ("Er ging iets mis", "Something went wrong"),
    "error_text": (
        "Dat ligt aan ons. Er is niets verloren. Probeer het zo nog eens.",
        "This is our mistake. Nothing was lost. Please try again in a moment.",
    ),
    "forbidden_title": ("Dat mag hier niet", "That is not allowed here"),
    "forbidden_text": (
        "Uw browser stuurde dit vanaf een andere pagina. Ga terug en probeer het opnieuw.",
        "Your browser sent this from another page. Go back and try again.",
    ),
    "new_tab": ("opent in een nieuw tabblad", "opens in a new tab"),
    "scan_title": ("Uw zelfscan", "Your self-scan"),
    "scan_weak": ("hier is het meest te winnen", "most to gain here"),
    "scan_fair": ("op weg", "on the way"),
    "scan_strong": ("gaat goed", "goes well"),
    "scan_empty": (
        "Hier staat nog geen uitslag. De link kan ook te oud zijn.",
        "No result here yet. The link may be too old.",
    ),
    "scan_start": ("Doe de zelfscan", "Do the self-scan"),
    "scan_link": ("Maak een link om te delen", "Make a link to share"),
    "scan_note": (
        "Deze pagina toont alleen de vier thema's, geen antwoorden. Een link werkt negentig dagen.",
        "This page shows the four themes only, no answers. A link works for ninety days.",
    ),
    "scan_qr": ("Scan om deze uitslag te openen", "Scan to open this result"),
}

Phrases = Callable[..., str]


def phrases(language: str) -> Phrases:
    """A function `t(key, **values)`; an unknown key is a programming error and raises KeyError."""
    english = language == "en"
    language = language if language in LANGUAGES else "nl"

    def t(key: str, **values: object) -> str:
        dutch, other = TEXTS[key]
        text = other if english else ELSEWHERE.tr(key, dutch, language)
        if text is not dutch and language in RIGHT_TO_LEFT:
            values = {name: isolated(str(value)) for name, value in values.items()}
        return text.format(**values) if values else text

    return t
