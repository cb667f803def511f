"""Words of visitors who write Arabic, Turkish, Polish or Ukrainian: commands, yes and no.

They are understood whatever language the conversation is in: who types "pomoc" wants help before choosing a language.
Each word stands for an id; no label is ever looked at. A word that is also Dutch is left out.
"""

from __future__ import annotations

COMMANDS: dict[str, tuple[str, ...]] = {
    "back": ("رجوع", "ارجع", "السابق", "geri", "geri dön", "wstecz", "cofnij", "wróć", "назад"),
    "change": ("تغيير", "غير", "değiştir", "değiştirmek istiyorum", "zmień", "zmienić", "змінити", "зміни"),
    "overview": ("ملخص", "özet", "podsumowanie", "підсумок"),
    "why": ("لماذا", "ليش", "neden", "niçin", "niye", "dlaczego", "чому", "навіщо"),
    "restart": ("من جديد", "ابدأ من جديد", "baştan", "yeniden başla", "baştan başla", "od nowa", "zacznij od nowa",
                "спочатку", "почати спочатку", "почати знову"),
    "stop": ("توقف", "قف", "dur", "durdur", "koniec", "стоп", "зупинись", "зупиніться"),
    "coach": ("مستشار", "إنسان", "اريد التحدث مع إنسان", "danışman", "insan", "bir insanla konuşmak istiyorum",
              "doradca", "człowiek", "chcę rozmawiać z człowiekiem", "консультант", "людина",
              "хочу поговорити з людиною"),
    "call_me": ("اتصلوا بي", "اتصل بي", "beni arayın", "beni ara", "beni arar mısınız", "zadzwońcie do mnie",
                "zadzwoń do mnie", "proszę zadzwonić", "proszę o telefon", "зателефонуйте мені", "подзвоніть мені",
                "передзвоніть мені"),
    "language": ("اللغة", "لغة", "لغة أخرى", "dil", "başka dil", "język", "inny język", "мова", "інша мова"),
    "privacy": ("الخصوصية", "خصوصية", "gizlilik", "prywatność", "приватність", "конфіденційність"),
    "my_data": ("بياناتي", "verilerim", "moje dane", "мої дані"),
    "erase": ("حذف", "احذف", "امسح", "احذف كل شيء", "sil", "hepsini sil", "her şeyi sil", "verilerimi sil", "usuń",
              "usuń wszystko", "usuń moje dane", "видалити", "видалити все", "видаліть усе", "видалити мої дані"),
    "help": ("مساعدة", "ساعدني", "yardım", "yardim", "pomoc", "pomocy", "допомога", "допоможіть"),
    "enough": ("كفى", "يكفي", "yeter", "wystarczy", "досить"),
    "more": ("المزيد", "daha fazla", "więcej", "більше"),
    "dont_know": ("لا أعرف", "ما بعرف", "bilmiyorum", "nie wiem", "не знаю"),
    "declined": ("أفضل عدم الإجابة", "söylemek istemiyorum", "wolę nie mówić", "не хочу казати"),
}  # fmt: skip

# A language by its own name, wherever it is typed; by its Dutch or English name only after *taal*, because "Pools" and
# "Arabic" are also answers to questions.
OWN_NAMES = {
    "العربية": "ar", "عربي": "ar", "بالعربية": "ar",
    "türkçe": "tr", "turkce": "tr",
    "polski": "pl", "po polsku": "pl",
    "українська": "uk", "українською": "uk", "украинский": "uk",
}  # fmt: skip
AFTER_LANGUAGE = {
    "arabisch": "ar", "arabic": "ar", "turks": "tr", "turkish": "tr", "pools": "pl", "polish": "pl",
    "oekraiens": "uk", "ukrainian": "uk",
}  # fmt: skip

YES = ("نعم", "أيوه", "اي", "evet", "tak", "так")
NO = ("لا", "كلا", "hayır", "hayir", "nie", "ні", "нет", "да ні")
HELLO = ("مرحبا", "مرحباً", "السلام عليكم", "اهلا", "merhaba", "selam", "cześć", "dzień dobry", "привіт", "вітаю",
         "добрий день")  # fmt: skip
THANKS = ("شكرا", "شكراً", "teşekkürler", "teşekkür ederim", "sağ ol", "dziękuję", "dzięki", "дякую")
