"""`loket try DIR --web`: the draft chat beside its problems, for the browser of this machine."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import httpx
import pytest

from bot import serve
from bot.cli import main
from bot.drafts import Draft
from bot.web.draft_chat import DraftChat, create_draft_app
from knowledge.problems import LoketError
from tests.bot.test_drafts import DAY, NOON, edit, make_draft


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return make_draft(tmp_path / "draft")


@pytest.fixture
def client(pack: Path) -> httpx.AsyncClient:
    """Without the watcher: a page or a message looks by itself whether something was saved."""
    app = create_draft_app(DraftChat(Draft(pack, DAY), lambda: NOON))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1:8008")


async def look(client: httpx.AsyncClient) -> str:
    return (await client.get("/chat")).text


async def say(client: httpx.AsyncClient, **form: str) -> str:
    return (await client.post("/chat/zeg", data=form, headers={"x-loket-live": "1"})).text


async def test_the_draft_talks_and_says_that_nothing_is_wrong(client: httpx.AsyncClient) -> None:
    page = await look(client)
    assert "Wat wilt u leren?" in page
    assert "Nothing is wrong with the draft." in page
    assert "In welke" not in page


async def test_a_message_and_a_button_go_on_in_the_draft(client: httpx.AsyncClient, pack: Path) -> None:
    edit(pack, "- ask: wish", "- ask: [wish, street]")
    await client.get("/chat")
    assert "In welke straat woont u?" in await say(client, text="lassen")
    page = await look(client)
    assert "lassen" in page
    press = re.findall(r'name="press" value="(\d+:\d+)">Weet ik niet', page)[-1]
    assert "Weet ik niet" in await say(client, press=press, na="0")
    back = await client.post("/chat/zeg", data={"command": "back"})
    assert back.headers["location"] == "/chat#dock", "without JavaScript the page comes back"


async def test_a_mistake_stands_beside_the_last_good_chat(client: httpx.AsyncClient, pack: Path) -> None:
    await client.get("/chat")
    edit(pack, "ask: wish", "ask: wisj")
    page = await look(client)
    assert "flows/welcome.yaml:7:10" in page
    assert "There is no fact &#39;wisj&#39;" in page
    assert "   7 |   - ask: wisj\n                ^^^^" in page
    assert "Did you mean &#39;wish&#39;?" in page
    assert "You talk with the last version that could be read." in page
    await say(client, text="lassen")
    assert '<span dir="auto">lassen</span>' in await look(client), "the answer was taken"


async def test_after_the_repair_the_answers_are_walked_on_the_new_text(client: httpx.AsyncClient, pack: Path) -> None:
    await client.get("/chat")
    edit(pack, "- ask: wish", "- ask: [wish, street]")
    await say(client, text="lassen")
    edit(pack, "- ask: [wish, street]", "- ask: [name, wish]")
    page = await look(client)
    assert "Saved. The conversation goes on in the new text." in page
    assert "Onze informatie is vernieuwd." in page, "what moved is said as a visitor hears it"
    assert "Hoe heet u?" in page
    assert "lassen" in page[page.index("Wat ik van u weet") :], "the answer is kept"


async def test_a_save_that_changes_nothing_on_the_screen_says_nothing(client: httpx.AsyncClient, pack: Path) -> None:
    before = (await look(client)).count('<li class="msg')
    edit(pack, "title: Proef", "title: Anders")
    assert (await look(client)).count('<li class="msg') == before


async def test_a_finding_about_logic_shows_its_conversation(client: httpx.AsyncClient, pack: Path) -> None:
    edit(pack, "    today: yes\n", "")
    page = await look(client)
    assert "1 error" in page.casefold()
    assert "Zo gaat het mis" in page
    assert "loket: Wat wilt u leren?" in page


async def test_a_draft_that_never_could_be_read_waits_for_its_repair(client: httpx.AsyncClient, pack: Path) -> None:
    good = (pack / "flows" / "welcome.yaml").read_text()
    (pack / "flows" / "welcome.yaml").write_bytes(b"\xff\xfe\xfa")
    assert "There is nothing to talk with yet. Repair the file and save it." in await look(client)
    assert (await say(client, text="hallo")).count("<li") == 0
    (pack / "flows" / "welcome.yaml").write_text(good)
    assert "Wat wilt u leren?" in await look(client)


async def test_what_stands_in_a_file_is_text_on_the_page(client: httpx.AsyncClient, pack: Path) -> None:
    edit(pack, "title: Proef", "title: Proef\n<script>alert(1)</script>: x")
    page = await look(client)
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


async def test_only_this_machine_may_read_and_only_this_page_may_post(client: httpx.AsyncClient) -> None:
    page = await client.get("/chat")
    assert "default-src 'none'; script-src 'self'" in page.headers["content-security-policy"]
    assert (await client.get("/chat", headers={"host": "evil.example"})).status_code == 400
    foreign = await client.post("/chat/zeg", data={"text": "x"}, headers={"sec-fetch-site": "cross-site"})
    assert foreign.status_code == 403


def test_the_stream_brings_what_was_saved(pack: Path) -> None:
    async def run() -> list[bool]:
        chat = DraftChat(Draft(pack, DAY), lambda: NOON)
        await chat.look()
        seen: list[bool] = []
        edit(pack, "title: Proef", "title: Nog een")
        changes = chat.changes()
        waiting = asyncio.ensure_future(anext(changes))
        await asyncio.sleep(0)
        await chat.look()
        seen.append(await waiting)
        chat.stop()
        return seen

    assert asyncio.run(run()) == [True]


def test_the_port_is_the_asked_one_or_any_that_is_free(capsys: pytest.CaptureFixture[str], pack: Path) -> None:
    with serve.open_local_socket() as one, serve.open_local_socket() as two:
        ports = {one.getsockname()[1], two.getsockname()[1]}
        assert len(ports) == 2
        assert one.getsockname()[0] == "127.0.0.1"
        taken = two.getsockname()[1]
        with pytest.raises(LoketError, match=f"port {taken} is in use"):
            serve.open_local_socket(taken)
        assert main(["try", str(pack), "--web", "--port", str(taken)]) == 2
        assert "is in use" in capsys.readouterr().err
