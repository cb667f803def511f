"""The coach desk: from *Vandaag* to a closed case, and what must never happen on the way."""

from __future__ import annotations

import asyncio
import re

import pytest

from bot.desk import Desk
from bot.web.case_actions import ACTIONS, read_day
from bot.web.client_words import about_client, choice_about_client, value_about_client
from bot.web.dates import promise
from tests.shipped import shipped
from tests.web.conftest import Visitor, a_case, staff
from tests.web.serving import Clock


async def test_today_shows_who_waits_what_they_want_and_by_when(visitor: Visitor, sanne: Visitor, desk: Desk):
    code = await a_case(visitor, desk)
    page = await sanne.get("/desk")
    assert "1 mens wacht" in page.text
    assert f"/desk/g/{code}" in page.text
    assert "Tiel" in page.text
    assert "Oppakken en bellen" in page.text
    assert "'s ochtends" in page.text.replace("&#39;", "'")


async def test_an_empty_desk_says_so(sanne: Visitor):
    assert "Er wacht niemand" in (await sanne.get("/desk")).text


async def test_before_a_claim_the_case_can_be_read_and_not_answered(visitor: Visitor, sanne: Visitor, desk: Desk):
    code = await a_case(visitor, desk)
    page = await sanne.get(f"/desk/g/{code}")
    assert "Alleen lezen" in page.text
    assert 'id="antwoord"' not in page.text
    for label in ("Wie", "Wil", "Past", "Nog open", "Beloofd"):
        assert f"<dt>{label}</dt>" in page.text


async def test_opening_a_case_is_logged(visitor: Visitor, sanne: Visitor, desk: Desk):
    code = await a_case(visitor, desk)
    await sanne.get(f"/desk/g/{code}")
    lines = [line for line in await desk.store.audit_log() if line["action"] == "open_case"]
    assert [line["object"] for line in lines] == [code]


async def test_of_two_coaches_at_once_exactly_one_gets_the_case(
    visitor: Visitor, sanne: Visitor, bilal: Visitor, desk: Desk
):
    code = await a_case(visitor, desk)
    answers = await asyncio.gather(sanne.post(f"/desk/g/{code}/oppakken"), bilal.post(f"/desk/g/{code}/oppakken"))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    row = await desk.store.case(code)
    assert row is not None
    loser = next(answer for answer in answers if answer.status_code == 409)
    assert f"{row.owner_name} heeft dit gesprek om" in loser.text


async def test_the_client_hears_that_a_human_took_over_and_the_bot_is_silent(
    visitor: Visitor, sanne: Visitor, desk: Desk
):
    code = await a_case(visitor, desk)
    await sanne.post(f"/desk/g/{code}/oppakken")
    before = (await visitor.get("/chat")).text
    assert "coach Sanne" in before
    page = await visitor.say("en kan ik ook een subsidie krijgen?")
    assert page.text.count('data-sender="bot"') == before.count('data-sender="bot"')


async def test_a_reply_reaches_the_client_and_a_note_never_does(visitor: Visitor, sanne: Visitor, desk: Desk):
    code = await a_case(visitor, desk)
    await sanne.post(f"/desk/g/{code}/oppakken")
    await sanne.post(f"/desk/g/{code}/antwoord", data={"text": "Ik bel u morgen."})
    page = await sanne.post(f"/desk/g/{code}/notitie", data={"text": "Klant klinkt gehaast."})
    assert "Klant klinkt gehaast" in page.text
    chat = (await visitor.get("/chat")).text
    assert "Ik bel u morgen." in chat
    assert "gehaast" not in chat


async def test_a_reply_sent_twice_is_stored_once(visitor: Visitor, sanne: Visitor, desk: Desk):
    code = await a_case(visitor, desk)
    await sanne.post(f"/desk/g/{code}/oppakken")
    for _ in range(2):
        await sanne.post(f"/desk/g/{code}/antwoord", data={"text": "Ik bel u morgen.", "client_msg_id": "een-keer-1"})
    assert (await visitor.get("/chat")).text.count("Ik bel u morgen.") == 1


async def test_only_the_owner_can_send_and_the_losers_text_is_kept(
    visitor: Visitor, sanne: Visitor, bilal: Visitor, desk: Desk
):
    code = await a_case(visitor, desk)
    await sanne.post(f"/desk/g/{code}/oppakken")
    page = await bilal.post(f"/desk/g/{code}/antwoord", data={"text": "Mijn lange antwoord"})
    assert page.status_code == 409
    assert "Sanne heeft dit gesprek" in page.text
    assert "Uw tekst staat nog hieronder" in page.text
    assert ">Mijn lange antwoord</textarea>" in page.text
    assert "Mijn lange antwoord" not in (await visitor.get("/chat")).text


async def test_a_draft_waits_for_its_coach(visitor: Visitor, sanne: Visitor, desk: Desk):
    code = await a_case(visitor, desk)
    await sanne.post(f"/desk/g/{code}/oppakken")
    await sanne.post(f"/desk/g/{code}/concept", data={"mode": "reply", "text": "Nog niet af"})
    assert ">Nog niet af</textarea>" in (await sanne.get(f"/desk/g/{code}")).text


async def test_one_tap_after_a_call_counts_as_the_first_reply(visitor: Visitor, sanne: Visitor, desk: Desk):
    code = await a_case(visitor, desk)
    await sanne.post(f"/desk/g/{code}/oppakken")
    page = await sanne.post(f"/desk/g/{code}/gebeld", data={"result": "voicemail"})
    assert "voicemail" in page.text
    row = await desk.store.case(code)
    assert row is not None
    assert row.first_reply_at is not None


async def test_a_changed_answer_is_marked_and_the_match_is_made_again(visitor: Visitor, sanne: Visitor, desk: Desk):
    code = await a_case(visitor, desk)
    await sanne.post(f"/desk/g/{code}/oppakken")
    page = await sanne.post(f"/desk/g/{code}/antwoorden", data={"fact": "company_size", "value": "400"})
    sheet = page.text.split('id="blad"')[1]
    assert re.search(r"<b>400</b> <span class=\"by\">coach", sheet)


@pytest.mark.parametrize(
    ("fact", "value"), [("company_size", "veel"), ("company_place", "Atlantis"), ("situation", "x"), ("nergens", "1")]
)
async def test_an_answer_that_does_not_fit_is_refused_kindly(
    visitor: Visitor, sanne: Visitor, desk: Desk, fact: str, value: str
):
    code = await a_case(visitor, desk)
    await sanne.post(f"/desk/g/{code}/oppakken")
    page = await sanne.post(f"/desk/g/{code}/antwoorden", data={"fact": fact, "value": value})
    assert page.status_code == 200
    assert "utrecht-alert--error" in page.text


async def test_a_question_to_the_client_lands_in_the_sheet(visitor: Visitor, sanne: Visitor, desk: Desk):
    code = await a_case(visitor, desk)
    await sanne.post(f"/desk/g/{code}/oppakken")
    await sanne.post(f"/desk/g/{code}/vraag", data={"fact": "recognised_training_company"})
    chat = await visitor.get("/chat")
    question = desk.content.knowledge.facts["recognised_training_company"].question
    assert question in chat.text
    yes = re.search(r'name="press" value="([^"]+)">Ja<', chat.text)
    assert yes
    await visitor.post("/chat/zeg", data={"press": yes[1]})
    row = await desk.store.case(code)
    assert row is not None
    assert any(answer.fact == "recognised_training_company" and answer.value == "yes" for answer in row.answers)


async def test_a_hand_over_needs_a_note(visitor: Visitor, sanne: Visitor, bilal: Visitor, desk: Desk):
    code = await a_case(visitor, desk)
    await sanne.post(f"/desk/g/{code}/oppakken")
    other = f"staff:{(await staff(desk, 'bilal')).id}"
    page = await sanne.post(f"/desk/g/{code}/overdragen", data={"to": other, "note": "kort"})
    assert "ten minste 10 tekens" in page.text
    await sanne.post(f"/desk/g/{code}/overdragen", data={"to": other, "note": "Weet meer van bakkerijen."})
    page = await bilal.get(f"/desk/g/{code}")
    assert "bij coach: u" in page.text
    assert "Weet meer van bakkerijen." in page.text


async def test_another_coach_takes_over_with_a_reason(visitor: Visitor, sanne: Visitor, bilal: Visitor, desk: Desk):
    code = await a_case(visitor, desk)
    await sanne.post(f"/desk/g/{code}/oppakken")
    page = await bilal.post(f"/desk/g/{code}/overnemen", data={"note": "Sanne is ziek"})
    assert "bij coach: u" in page.text
    assert "Bilal" in (await visitor.get("/chat")).text


async def test_handing_back_lets_the_assistant_speak_again(visitor: Visitor, sanne: Visitor, desk: Desk):
    code = await a_case(visitor, desk)
    await sanne.post(f"/desk/g/{code}/oppakken")
    await sanne.post(f"/desk/g/{code}/terug")
    before = (await visitor.get("/chat")).text
    assert "weer met de digitale" in before
    page = await visitor.say("wat is slim?")
    assert page.text.count('data-sender="bot"') > before.count('data-sender="bot"')


async def test_closing_needs_an_outcome_and_tells_the_client(visitor: Visitor, sanne: Visitor, desk: Desk):
    code = await a_case(visitor, desk)
    await sanne.post(f"/desk/g/{code}/oppakken")
    assert "Kies eerst een uitkomst" in (await sanne.post(f"/desk/g/{code}/afronden", data={})).text
    page = await sanne.post(f"/desk/g/{code}/afronden", data={"outcome": "advised"})
    assert "afgerond" in page.text
    assert "afgerond" in (await visitor.get("/chat")).text


async def test_a_thank_you_does_not_reopen_a_closed_case(visitor: Visitor, sanne: Visitor, desk: Desk):
    code = await a_case(visitor, desk)
    await sanne.post(f"/desk/g/{code}/oppakken")
    await sanne.post(f"/desk/g/{code}/afronden", data={"outcome": "advised"})
    await visitor.say("bedankt!")
    row = await desk.store.case(code)
    assert row is not None
    assert row.state == "closed"


async def test_a_follow_up_stands_in_the_agenda_until_it_is_done(visitor: Visitor, sanne: Visitor, desk: Desk):
    code = await a_case(visitor, desk)
    await sanne.post(f"/desk/g/{code}/oppakken")
    data = {"kind": "call", "title": "Bellen over het fonds", "due_on": "24-11-2026"}
    await sanne.post(f"/desk/g/{code}/opvolgen", data=data)
    page = await sanne.get("/desk/agenda")
    assert "Bellen over het fonds" in page.text
    assert "Deze week" in page.text
    address = re.search(r'action="(/desk/agenda/\w+)"', page.text)
    assert address
    assert "begrijp ik niet" in (await sanne.post(address[1], data={"result": "moved", "due_on": "morgen"})).text
    await sanne.post(address[1], data={"result": "done"})
    assert "Bellen over het fonds" not in (await sanne.get("/desk/agenda")).text


async def test_an_outcome_is_added_and_never_changed(visitor: Visitor, sanne: Visitor, desk: Desk):
    code = await a_case(visitor, desk)
    await sanne.post(f"/desk/g/{code}/oppakken")
    for step in ("advised", "submitted"):
        await sanne.post(f"/desk/g/{code}/uitkomst", data={"step": step, "entry": "", "source": "client"})
    page = await sanne.get(f"/desk/g/{code}")
    assert "geadviseerd" in page.text.split("Uitkomsten</h3>")[1]
    assert "ingediend" in page.text.split("Uitkomsten</h3>")[1]


async def test_somebody_who_phones_gets_a_case_too(sanne: Visitor, desk: Desk):
    assert (await sanne.post("/desk/nieuw", data={"text": ""})).status_code == 422
    page = await sanne.post(
        "/desk/nieuw", data={"name": "Fatma", "phone": "0612345678", "text": "Ik zoek werk in Almere"}
    )
    assert "Almere" in page.text
    assert "Fatma" in page.text
    assert "bij coach: u" in page.text


async def test_what_a_client_typed_stays_text_at_the_desk(visitor: Visitor, sanne: Visitor, desk: Desk):
    nasty = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    await visitor.say(nasty)
    code = await a_case(visitor, desk)
    await sanne.post(f"/desk/g/{code}/oppakken")
    await sanne.post(f"/desk/g/{code}/notitie", data={"text": nasty})
    for path in (f"/desk/g/{code}", "/desk", "/desk/inbox?tab=mine", f"/desk/p/{code}"):
        page = await sanne.get(path)
        assert "<img src=x" not in page.text
        assert "<script>alert" not in page.text


@pytest.mark.parametrize("code", ["K-9999", "K-0", "x", "1001'--", "K-999999999999999999"])
async def test_a_case_that_does_not_exist_is_not_found(sanne: Visitor, code: str):
    assert (await sanne.get(f"/desk/g/{code}")).status_code == 404
    for name in ACTIONS:
        assert (await sanne.post(f"/desk/g/{code}/{name}", data={})).status_code == 404


async def test_finding_a_case_by_number_and_by_words(visitor: Visitor, sanne: Visitor, desk: Desk):
    code = await a_case(visitor, desk)
    assert f"/desk/g/{code}" in (await sanne.get(f"/desk/zoek?q={code}")).text


async def test_an_erased_client_is_gone_from_the_desk(visitor: Visitor, sanne: Visitor, desk: Desk):
    code = await a_case(visitor, desk)
    await sanne.post(f"/desk/g/{code}/oppakken")
    await visitor.post("/chat/wis", data={"what": "all"})
    page = await sanne.get(f"/desk/g/{code}")
    assert page.status_code == 200
    assert "Tiel" not in page.text


async def test_the_list_is_ordered_by_promise(visitor: Visitor, sanne: Visitor, desk: Desk, browser):
    first = await a_case(visitor, desk)
    assert isinstance(desk.clock, Clock)
    desk.clock.forward(hours=3)
    second = await a_case(browser(), desk)
    page = await sanne.get("/desk")
    if page.url.path != "/desk":
        await sanne.log_in("sanne")
        page = await sanne.get("/desk")
    assert page.text.index(f"/desk/g/{first}") < page.text.index(f"/desk/g/{second}")


@pytest.mark.parametrize(
    ("typed", "iso"),
    [
        ("03-12-2026", "2026-12-03"),
        ("3/12/2026", "2026-12-03"),
        ("2026-12-03", "2026-12-03"),
        ("31-02-2026", None),
        ("morgen", None),
        ("", None),
        ("٣-١٢-٢٠٢٦", None),
    ],
)
def test_dates_are_read_as_dutch_people_write_them(typed: str, iso: str | None):
    day = read_day(typed)
    assert (day.isoformat() if day else None) == iso


async def test_what_the_client_types_at_a_question_of_the_coach_lands_in_the_sheet(
    visitor: Visitor, sanne: Visitor, desk: Desk
):
    code = await a_case(visitor, desk)
    await sanne.post(f"/desk/g/{code}/oppakken")
    await sanne.post(f"/desk/g/{code}/vraag", data={"fact": "recognised_training_company"})
    await visitor.say("een momentje, ik kijk even na")
    assert await answer_of(desk, code, "recognised_training_company") is None
    await visitor.say("ja")
    assert await answer_of(desk, code, "recognised_training_company") == ("yes", "text")
    await visitor.say("nee")  # already answered: this is talk
    assert await answer_of(desk, code, "recognised_training_company") == ("yes", "text")


async def test_a_typed_number_in_a_sentence_lands_too(visitor: Visitor, sanne: Visitor, desk: Desk):
    code = await a_case(visitor, desk)
    await sanne.post(f"/desk/g/{code}/oppakken")
    await sanne.post(f"/desk/g/{code}/vraag", data={"fact": "company_size"})
    page = await visitor.say("we zijn nu met 9 mensen")
    assert await answer_of(desk, code, "company_size") == (9, "text")
    assert "9 mensen" in page.text


async def test_what_is_typed_after_the_coach_went_on_is_talk(visitor: Visitor, sanne: Visitor, desk: Desk):
    code = await a_case(visitor, desk)
    await sanne.post(f"/desk/g/{code}/oppakken")
    await sanne.post(f"/desk/g/{code}/vraag", data={"fact": "recognised_training_company"})
    await sanne.post(f"/desk/g/{code}/antwoord", data={"text": "Zal ik u vanmiddag bellen?"})
    await visitor.say("ja")
    assert await answer_of(desk, code, "recognised_training_company") is None


async def answer_of(desk: Desk, code: str, fact: str) -> tuple[object, str] | None:
    row = await desk.store.case(code, await staff(desk, "sanne"))
    assert row is not None
    return next(((one.value, one.by) for one in row.answers if one.fact == fact), None)


async def test_an_answer_that_is_not_right_is_taken_away(visitor: Visitor, sanne: Visitor, desk: Desk):
    code = await a_case(visitor, desk)
    await sanne.post(f"/desk/g/{code}/oppakken")
    page = await sanne.post(f"/desk/g/{code}/antwoorden", data={"fact": "company_size", "do": "wrong"})
    assert "Bewaard" in page.text
    assert await answer_of(desk, code, "company_size") is None


async def test_an_entry_that_is_not_right_is_passed_on_with_what_the_coach_says(
    visitor: Visitor, sanne: Visitor, desk: Desk
):
    code = await a_case(visitor, desk)
    data = {"entry": "leeroverzicht", "reason": "ended", "note": "De site zegt dat het stopt."}
    page = await sanne.post(f"/desk/g/{code}/kloptniet", data=data)
    assert "dit bestaat niet meer. De site zegt dat het stopt." in page.text
    assert "bestaat niet meer." not in (await visitor.get("/chat")).text
    page = await sanne.post(f"/desk/g/{code}/kloptniet", data={"entry": "nergens", "reason": "ended"})
    assert "Dat bestaat niet meer." in page.text


async def test_who_is_helped_is_asked_once_whether_it_helped(visitor: Visitor, sanne: Visitor, desk: Desk):
    code = await a_case(visitor, desk)
    await sanne.post(f"/desk/g/{code}/oppakken")
    await sanne.post(f"/desk/g/{code}/afronden", data={"outcome": "advised"})
    chat = await visitor.get("/chat")
    assert chat.text.count(desk.content.knowledge.facts["rating"].question) == 1
    good = re.search(r'name="press" value="([^"]+)">Ja<', chat.text)
    assert good
    page = await visitor.post("/chat/zeg", data={"press": good[1]})
    assert "Dank u voor uw antwoord." in page.text
    assert await answer_of(desk, code, "rating") == ("good", "visitor")
    assert (await desk.store.figures()).funnel["rated"] == 1


async def test_an_answer_of_a_client_is_no_broken_promise(visitor: Visitor, sanne: Visitor, desk: Desk):
    code = await a_case(visitor, desk)
    await sanne.post(f"/desk/g/{code}/oppakken")
    await visitor.say("ik ben er nu even")
    clock = desk.clock
    assert isinstance(clock, Clock)
    clock.forward(minutes=12)
    page = (await sanne.get("/desk")).text
    assert "wacht 12 min" in page
    assert "te laat" not in page
    assert "eerste belofte" not in page


async def test_a_follow_up_of_today_is_not_late_at_noon(visitor: Visitor, sanne: Visitor, desk: Desk):
    code = await a_case(visitor, desk)
    await sanne.post(f"/desk/g/{code}/oppakken")
    await sanne.post(f"/desk/g/{code}/gebeld", data={"result": "not_reached"})
    form = {"kind": "call", "title": "Terugbellen", "due_on": "23-11-2026"}
    await sanne.post(f"/desk/g/{code}/opvolgen", data=form)
    clock = desk.clock
    assert isinstance(clock, Clock)
    clock.forward(hours=3)
    await sanne.log_in("sanne")
    page = (await sanne.get("/desk")).text
    assert "Bellen: Terugbellen" in page
    assert "te laat" not in page
    clock.forward(hours=21)
    await sanne.log_in("sanne")
    assert "1 dag te laat" in (await sanne.get("/desk")).text
    assert "Gebeld: niet bereikt." in (await sanne.get(f"/desk/g/{code}")).text


async def test_the_bot_goes_on_where_the_coach_says(visitor: Visitor, sanne: Visitor, desk: Desk):
    code = await a_case(visitor, desk)
    await sanne.post(f"/desk/g/{code}/oppakken")
    assert "Dat bestaat niet meer" in (await sanne.post(f"/desk/g/{code}/terug", data={"flow": "nergens"})).text
    page = await sanne.post(f"/desk/g/{code}/terug", data={"flow": "job_seeker"})
    assert "De digitale hulp heeft het gesprek weer" in page.text
    assert await answer_of(desk, code, "situation") == ("job_seeker", "coach")
    assert "U praat weer met de digitale hulp" in (await visitor.get("/chat")).text


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("u zoekt werk, Almere, geen diploma", "zoekt werk, Almere, geen diploma"),
        ("zzp'er", "zzp'er"),
        ("omdat u geen diploma hebt en werk zoekt", "omdat de klant geen diploma heeft en werk zoekt"),
        ("Uw hoogste diploma", "Hoogste diploma"),
        ("of u statushouder bent", "of de klant statushouder is"),
        ("Uw plan moet bij het fonds passen.", "Zijn of haar plan moet bij het fonds passen."),
        ("bureau, duur, nu", "bureau, duur, nu"),
    ],
)
def test_a_coach_reads_about_the_client(said: str, told: str):
    assert about_client(said) == told


@pytest.mark.parametrize(
    ("fact", "value", "told"),
    [
        ("situation", "employer", "Heeft een bedrijf"),
        ("situation", "intermediary", "Voor iemand anders"),
        ("employer_goal", "train_people", "Mensen scholen"),
        ("employer_goal", "team_plan", "Plan voor het team"),
        ("goal", "unsure", "Twijfelt nog"),
        ("unemployed_for", "never_worked", "Heeft nog niet gewerkt"),
        ("course_purpose", "keep_up", "Wil bijblijven in zijn of haar vak"),
        ("preferred_contact", "call", "Wil gebeld worden"),
        ("part_of_day", "morning", "'s ochtends"),
    ],
)
def test_the_sheet_says_a_choice_of_the_client(fact: str, value: str, told: str):
    assert value_about_client(shipped().knowledge, fact, value) == told


def test_no_choice_speaks_for_the_visitor_at_the_desk():
    knowledge = shipped().knowledge
    for fact in knowledge.facts:
        for value in knowledge.facts[fact].choices:
            told = choice_about_client(knowledge, fact, value)
            assert not re.search(r"\b(ik|mij|mijn|mezelf|wij|u|uw)\b|^'S", told), told


async def test_what_was_answered_and_is_still_sealed_is_not_asked_again(visitor: Visitor, bilal: Visitor, desk: Desk):
    for text in ("wil heftruck rijden, geen diploma, heb bijstand, woon in almere", "bel mij", "0612345678", "ochtend"):
        await visitor.say(text)
    code = (await desk.store.today(await staff(desk, "noor")))[-1].code
    page = (await bilal.get(f"/desk/g/{code}")).text
    assert page.count("zichtbaar na oppakken") >= 1
    unknown = page.partition("Nog niet bekend")[2].partition("Wat past")[0]
    assert "itkering" not in unknown
    assert "Nog open" in page
    assert "niets</dd>" not in page, "what the sheet asks is open in the summary too"
    around = (
        page.partition('id="gesprek"')[0] + page.partition('id="blad"')[2]
    )  # the visitor's own talk stays as it was
    for words in ("u zoekt werk", "omdat u ", "Uw hoogste"):
        assert words not in around, words


async def test_an_explanation_waits_in_the_answer_of_the_coach(sanne: Visitor, visitor: Visitor, desk: Desk):
    code = await a_case(visitor, desk)
    entry = {"entry": "slim-regeling-mkb"}
    assert "Alleen wie de hulpvraag heeft" in (await sanne.post(f"/desk/g/{code}/uitleg", data=entry)).text
    await sanne.post(f"/desk/g/{code}/oppakken")
    page = (await sanne.post(f"/desk/g/{code}/uitleg", data=entry)).text
    box = page.partition('id="antwoord"')[2].partition("</textarea>")[0]
    name = desk.content.knowledge.catalogue["slim-regeling-mkb"].name
    assert name.partition("&")[0] in box
    assert name not in (await visitor.get("/chat")).text.partition("coach Sanne")[2], "nothing is sent by itself"


async def test_a_coach_reads_in_dutch_what_was_promised_in_english(visitor: Visitor, sanne: Visitor, desk: Desk):
    await visitor.get("/chat?lang=en")
    for text in ("looking for work in Tiel", "call me", "0612345678", "in the morning"):
        await visitor.say(text)
    code = (await desk.store.today(await staff(desk, "noor")))[-1].code
    row = await desk.store.case(code)
    assert row is not None
    assert (row.language, row.summary[4].partition(" by ")[1]) == ("en", " by ")
    page = (await sanne.get(f"/desk/g/{code}")).text.partition("Gesprek</h2>")[0]
    assert row.due is not None
    assert promise(row.due) in page
    assert row.summary[4].removeprefix("Beloofd: ") not in page


async def test_the_inbox_is_narrowed_to_what_fits_a_scheme(visitor: Visitor, sanne: Visitor, desk: Desk):
    code = await a_case(visitor, desk)
    row = await desk.store.case(code)
    assert row is not None
    fitting = str(row.snapshot["verdicts"][0]["id"])
    link = f'href="/desk/g/{code}"'
    page = (await sanne.get(f"/desk/inbox?scheme={fitting}")).text
    assert link in page
    assert f'<option value="{fitting}" selected>' in page
    assert link not in (await sanne.get("/desk/inbox?scheme=iets-anders")).text
