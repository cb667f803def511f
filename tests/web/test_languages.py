"""The chat page in a language that runs from right to left, and in one that is not complete."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.web.conftest import Visitor


async def test_languages_are_offered_by_their_own_name(visitor: Visitor):
    page = await visitor.get("/chat")
    names = re.findall(r'<button name="language"[^>]*>([^<]+)<', page.text)
    assert names == ["Nederlands", "English", "العربية", "Türkçe", "Polski", "Українська"]
    assert '<html lang="nl" dir="ltr">' in page.text


async def test_arabic_turns_the_page_round_and_dutch_cards_keep_their_direction(visitor: Visitor):
    await visitor.say("hallo")
    page = await visitor.post("/chat/taal", data={"language": "ar"})
    assert '<html lang="ar" dir="rtl">' in page.text
    assert "اكتب هنا سؤالك أو إجابتك" in page.text
    bubbles = re.findall(r'<div class="bubble[^>]*>', page.text)
    assert bubbles
    assert all('dir="auto"' in bubble for bubble in bubbles)


async def test_a_page_with_dutch_texts_stays_dutch_as_a_whole(visitor: Visitor):
    await visitor.post("/chat/taal", data={"language": "ar"})
    assert '<html lang="nl" dir="ltr">' in (await visitor.get("/privacy")).text


async def test_a_browser_that_knows_no_dutch_or_english_starts_in_its_own_language(browser: Callable[..., Visitor]):
    page = await browser(**{"accept-language": "pl-PL,pl;q=0.9"}).get("/chat")
    assert "Jestem komputerem" in page.text
    assert '<html lang="pl" dir="ltr">' in page.text
