"""What the desk tells a visitor when people take over, in every language of the desk."""

from __future__ import annotations

from knowledge.languages import RIGHT_TO_LEFT, isolated

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
    "elsewhere": (
        "Wilt u die vraag toch beantwoorden? Dat kan in onze eigen chat. Deze link werkt één keer, vandaag:",
        "Would you like to answer that question? You can in our own chat. This link works once, today:",
    ),
    "rather_there": (
        "Liever antwoorden in onze eigen chat? Deze link werkt één keer, vandaag:",
        "Rather answer in our own chat? This link works once, today:",
    ),
    "my_data_link": (
        "Hier staat wat wij van u weten. Deze link werkt één keer, een uur lang:",
        "This is what we know about you. The link works once, for one hour:",
    ),
    "event_calendar": ("Zet het in uw agenda:", "Put it in your calendar:"),
    "request_granted": (
        "Uw aanvraag is toegekend: {name}. De coach vertelt u wat u nu moet doen.",
        "Your request was granted: {name}. The coach will tell you what to do next.",
    ),
    "request_rejected": (
        "Uw aanvraag is niet toegekend: {name}. De coach legt uit waarom, en zoekt met u verder.",
        "Your request was not granted: {name}. The coach explains why, and goes on looking with you.",
    ),
    "outcome_granted": (
        "Een tijd geleden vroeg u iets aan: {entry}. Is dat toegekend?",
        "Some time ago you applied for {entry}. Was it granted?",
    ),
    "outcome_started": ("Bent u al begonnen met uw opleiding?", "Have you started your training yet?"),
    "outcome_finished": ("Hebt u uw opleiding afgerond?", "Have you finished your training?"),
    "rated": ("Dank u voor uw antwoord.", "Thank you for your answer."),
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


# Needs review by a native reader, as the catalogues of the flows do.
ELSEWHERE: dict[str, dict[str, str]] = {
    "claimed": {
        "ar": "أنت تتحدث الآن مع المستشار {name} (إنسان). المساعد الرقمي لا يجيب بعد الآن.",
        "tr": "Şimdi danışman {name} (bir insan) ile konuşuyorsunuz. Dijital yardımcı artık cevap vermiyor.",
        "pl": "Teraz rozmawia Pan/Pani z doradcą {name} (człowiek). Cyfrowy pomocnik już nie odpowiada.",
        "uk": "Тепер ви говорите з консультантом {name} (людина). Цифровий помічник більше не відповідає.",
    },
    "taken_over": {
        "ar": "يتولى المستشار {name} المحادثة.",
        "tr": "Danışman {name} devralıyor.",
        "pl": "Rozmowę przejmuje doradca {name}.",
        "uk": "Розмову бере консультант {name}.",
    },
    "released": {
        "ar": "سيساعدك مستشار آخر. لا حاجة لأن تفعل شيئاً.",
        "tr": "Size başka bir danışman yardım edecek. Bir şey yapmanız gerekmez.",
        "pl": "Dalej pomoże inny doradca. Nie trzeba nic robić.",
        "uk": "Далі вам допоможе інший консультант. Вам нічого не треба робити.",
    },
    "handed_over": {
        "ar": "سيساعدك المستشار {name} من الآن.",
        "tr": "Size bundan sonra danışman {name} yardım edecek.",
        "pl": "Dalej pomoże doradca {name}.",
        "uk": "Далі вам допоможе консультант {name}.",
    },
    "handed_over_team": {
        "ar": "سأحيلك إلى زميل. لا حاجة لأن تفعل شيئاً.",
        "tr": "Sizi bir meslektaşıma aktarıyorum. Bir şey yapmanız gerekmez.",
        "pl": "Przekazuję sprawę współpracownikowi. Nie trzeba nic robić.",
        "uk": "Я передаю вас колезі. Вам нічого не треба робити.",
    },
    "handed_back": {
        "ar": "أنت تتحدث من جديد مع المساعد الرقمي. اكتب: مستشار، إذا أردت إنساناً.",
        "tr": "Yeniden dijital yardımcıyla konuşuyorsunuz. Bir insan isterseniz danışman yazın.",
        "pl": "Znów rozmawia Pan/Pani z cyfrowym pomocnikiem. Aby rozmawiać z człowiekiem, proszę napisać: doradca.",
        "uk": "Ви знову говорите з цифровим помічником. Хочете людину? Напишіть: консультант.",
    },
    "closed": {
        "ar": "أنهى المستشار سؤالك. هل لديك سؤال آخر؟ اكتب مرة أخرى.",
        "tr": "Danışman sorunuzu kapattı. Başka bir sorunuz var mı? Tekrar yazmanız yeterli.",
        "pl": "Doradca zakończył sprawę. Jest jeszcze pytanie? Proszę po prostu napisać.",
        "uk": "Консультант завершив ваше запитання. Є ще запитання? Просто напишіть знову.",
    },
    "lapsed": {
        "ar": "لم نسمع منك شيئاً، لذلك نغلق سؤالك. يمكنك دائماً أن تكتب من جديد.",
        "tr": "Sizden haber almadık, bu yüzden sorunuzu kapatıyoruz. Her zaman tekrar yazabilirsiniz.",
        "pl": "Nie było odpowiedzi, dlatego zamykamy sprawę. Zawsze można znów napisać.",
        "uk": "Ми не отримали відповіді, тому закриваємо ваше запитання. Ви завжди можете написати знову.",
    },
    "nudge": {
        "ar": "المستشار ما زال ينتظر إجابتك. اكتبها هنا عندما يناسبك.",
        "tr": "Danışman hâlâ cevabınızı bekliyor. Size uygun olduğunda buraya yazın.",
        "pl": "Doradca czeka jeszcze na odpowiedź. Można ją tu napisać w dogodnym czasie.",
        "uk": "Консультант ще чекає на вашу відповідь. Напишіть її тут, коли вам зручно.",
    },
    "late": {
        "ar": "الأمر يستغرق وقتاً أطول مما قلنا. نعتذر. سيجيبك مستشار {promise}.",
        "tr": "Söylediğimizden uzun sürüyor. Özür dileriz. Bir danışman cevap verecek: {promise}.",
        "pl": "To trwa dłużej, niż obiecaliśmy. Przepraszamy. Doradca odpowie {promise}.",
        "uk": "Це триває довше, ніж ми казали. Вибачте. Консультант відповість {promise}.",
    },
    "late_open": {
        "ar": "الأمر يستغرق وقتاً أطول مما قلنا. نعتذر. لم ننسك.",
        "tr": "Söylediğimizden uzun sürüyor. Özür dileriz. Sizi unutmadık.",
        "pl": "To trwa dłużej, niż obiecaliśmy. Przepraszamy. Pamiętamy o sprawie.",
        "uk": "Це триває довше, ніж ми казали. Вибачте. Ми про вас не забули.",
    },
}


def say(key: str, language: str, **values: str) -> str:
    """A phrase in a language, else in Dutch. In Arabic a coach's name keeps its own direction."""
    dutch, english = PHRASES[key]
    said = ELSEWHERE.get(key, {}).get(language, "")
    if said and language in RIGHT_TO_LEFT:
        values = {name: isolated(value) for name, value in values.items()}
    return (said or (english if language == "en" else dutch)).format(**values)
