"""A Bot API server on the loopback that keeps Telegram's rules strictly and misbehaves on command.

It keeps what each chat shows, gives updates again until they are confirmed, sends webhooks one at a time per lane and
repeats them until they get a 2xx, and can answer late, wrongly, or not at all after doing what was asked.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout, web

from tests.telegram.rules import METHODS, Refused, check, read_params

TOKEN = "123456789:" + "Ab_-" * 9
BOT = "123456789"
PATIENCE = 40.0  # seconds a test waits for something before it fails


@dataclass(frozen=True)
class Weather:
    """How the next call goes: an error answer, a delay, or an answer that gets lost."""

    status: int = 200
    said: str = ""
    retry_after: int = 0
    moved_to: int = 0  # the group became a supergroup with this number
    html: bool = False
    delay: float = 0
    lose: str = ""  # before: nothing was done; after: it was done, and nobody hears it
    junk: Mapping[str, Any] | None = None  # fields of a later API version inside the result


FAIR = Weather()


@dataclass
class Shown:
    """A message as it stands in a chat."""

    id: int
    text: str
    entities: list[dict[str, Any]]
    markup: dict[str, Any]
    deleted: bool = False

    @property
    def labels(self) -> list[str]:
        rows = self.markup.get("inline_keyboard") or self.markup.get("keyboard") or []
        return [button["text"] for row in rows for button in row]


@dataclass
class Chat:
    id: int
    shown: list[Shown] = field(default_factory=list)
    blocked: bool = False
    own: dict[int, str] = field(default_factory=dict)  # what the visitor sent and still stands there
    keyboard: list[str] = field(default_factory=list)  # labels of the reply keyboard on the screen
    typing: int = 0
    left: bool = False  # the bot went away


class FakeApi:
    """State and behaviour; `serve` gives it an address."""

    def __init__(self) -> None:
        self.base = ""
        self.chats: dict[int, Chat] = {}
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.violations: list[str] = []
        self.profile: dict[tuple[str, str], Any] = {}
        self.webhook: dict[str, Any] = {}
        self.weather: dict[str, deque[Weather]] = defaultdict(deque)
        self.chat_weather: dict[int, deque[Weather]] = defaultdict(deque)
        self.revoked = False
        self.polls = 0
        self.posted: list[tuple[int, int]] = []  # update id and status of each webhook call
        self.presses: dict[str, bool] = {}  # id of a press -> answered
        self._updates: list[dict[str, Any]] = []
        self._numbers = itertools.count(1000)
        self._messages = itertools.count(1)
        self._changed = asyncio.Condition()
        self._poll: asyncio.Event | None = None
        self._lanes: dict[Any, asyncio.Task[None]] = {}
        self._queues: dict[Any, deque[dict[str, Any]]] = defaultdict(deque)
        self._client: ClientSession | None = None

    # ---- what people do -------------------------------------------------------------------------------------------

    def chat(self, number: int) -> Chat:
        return self.chats.setdefault(number, Chat(number))

    async def send(self, chat: int, **parts: Any) -> dict[str, Any]:
        """A private message with these parts (text=…, voice={}, location={…})."""
        number = next(self._messages)
        self.chat(chat).own[number] = str(parts.get("text", ""))
        return await self.update("message", self.message(chat, number, **parts))

    def message(self, chat: int, number: int, **parts: Any) -> dict[str, Any]:
        person = {"id": chat, "is_bot": False, "first_name": "Test", "language_code": "nl"}
        text = parts.get("text", "")
        if text.startswith("/"):
            first = text.split()[0]
            parts = {**parts, "entities": [{"type": "bot_command", "offset": 0, "length": len(first)}]}
        private = {"id": chat, "type": "private", "first_name": "Test"}
        return {"message_id": number, "date": 1_795_000_000, "chat": private, "from": person, **parts}

    async def press(self, chat: int, label: str) -> dict[str, Any]:
        """Press the last button with this label; on the sharing keyboard that is typing it."""
        for shown in reversed(self.chat(chat).shown):
            for row in shown.markup.get("inline_keyboard", []):
                for button in row:
                    if button["text"] == label and "callback_data" in button:
                        return await self.press_data(chat, shown.id, button["callback_data"])
        assert label in self.chat(chat).keyboard, f"no button {label!r} in chat {chat}"
        self.chat(chat).keyboard = []
        return await self.send(chat, text=label)

    async def press_data(self, chat: int, message: int, data: str) -> dict[str, Any]:
        number = f"press-{next(self._numbers)}"
        self.presses[number] = False
        person = {"id": chat, "is_bot": False, "first_name": "Test", "language_code": "nl"}
        private = {"id": chat, "type": "private", "first_name": "Test"}
        on = {"message_id": message, "date": 1_795_000_000, "chat": private, "text": "…"}
        press = {"id": number, "from": person, "message": on, "chat_instance": "1", "data": data}
        return await self.update("callback_query", press)

    async def update(self, kind: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Any update, also one that no library knows."""
        update = {"update_id": next(self._numbers), kind: dict(body)}
        await self.give(update)
        return update

    async def give(self, update: dict[str, Any]) -> None:
        if self.webhook.get("url"):
            self._queue(update)
        else:
            self._updates.append(update)
        if self._poll is not None:
            self._poll.set()

    async def until(self, true: Callable[[], bool], what: str = "", patience: float = PATIENCE) -> None:
        """Waits for something to become true after a call; no sleeping, no polling."""
        async with self._changed:
            try:
                async with asyncio.timeout(patience):
                    await self._changed.wait_for(true)
            except TimeoutError:
                raise AssertionError(f"waited in vain for {what or true}") from None

    async def shows(self, chat: int, count: int) -> list[Shown]:
        """The messages of the desk in this chat, once there are `count`."""
        here = self.chat(chat)
        await self.until(lambda: len(here.shown) >= count, f"{count} messages in chat {chat}, not {len(here.shown)}")
        return here.shown

    @property
    def confirmed(self) -> bool:
        return not self._updates and not any(self._queues.values())

    def called(self, method: str) -> list[dict[str, Any]]:
        return [params for name, params in self.calls if name == method]

    # ---- what bots ask --------------------------------------------------------------------------------------------

    async def answer(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if self.revoked or request.match_info["token"] != TOKEN:
            return _error(401, "Unauthorized")
        if method not in METHODS:
            self.violations.append(f"unknown method {method}")
            return _error(404, "Not Found")
        fields = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        try:
            params = read_params(method, fields)
            check(method, params)
        except Refused as refused:
            self.violations.append(f"{method}: {refused} {fields}")
            return _error(400, str(refused))
        return await self._weathered(request, method, params)

    async def _weathered(self, request: web.Request, method: str, params: dict[str, Any]) -> web.StreamResponse:
        weather = self._weather_for(method, params)
        if weather is not FAIR:
            async with self._changed:
                self._changed.notify_all()
        if weather.delay:
            await asyncio.sleep(weather.delay)
        if weather.lose == "before":
            return _cut(request)
        if weather.status != 200:
            if weather.html:
                return web.Response(status=weather.status, text="<html><h1>Bad Gateway</h1></html>")
            return _error(
                weather.status, weather.said or "Internal Server Error", weather.retry_after, weather.moved_to
            )
        try:
            result = await self._do(method, params)
        except Refused as refused:
            status, _, said = str(refused).partition(" ")
            return _error(int(status), said) if status.isdigit() else _error(400, str(refused))
        finally:
            async with self._changed:
                self._changed.notify_all()
        if weather.lose == "after":
            return _cut(request)
        if weather.junk is not None and isinstance(result, dict):
            result = {**result, **weather.junk}
        return web.json_response({"ok": True, "result": result})

    def _weather_for(self, method: str, params: Mapping[str, Any]) -> Weather:
        chat = self.chat_weather.get(params["chat_id"]) if method == "sendMessage" else None
        for queue in (chat, self.weather.get(method)):
            if queue:
                return queue.popleft()
        return FAIR

    async def _do(self, method: str, params: dict[str, Any]) -> Any:
        if method != "getUpdates":
            self.calls.append((method, params))
        handler = getattr(self, f"_{method}", None)
        if handler is not None:
            return await handler(params)
        key = json.dumps([params.get("language_code", ""), params.get("scope")])
        if method.startswith("setMy") or method == "setChatMenuButton":
            what = method.removeprefix("set")
            self.profile[what, key] = params
            return True
        what = method.removeprefix("get")
        stored = self.profile.get((what, key), {})
        if what == "MyCommands":
            return stored.get("commands", [])
        if what == "ChatMenuButton":
            return stored.get("menu_button", {"type": "default"})
        return {name: stored.get(name, "") for name in ("name", "short_description", "description") if name in
                METHODS[f"set{what}"]}  # fmt: skip

    async def _getMe(self, _: Mapping[str, Any]) -> Any:
        return {"id": int(BOT), "is_bot": True, "first_name": "Loket", "username": "loket_bot"}

    async def _getUpdates(self, params: Mapping[str, Any]) -> Any:
        if self.webhook.get("url"):
            raise Refused("409 Conflict: can't use getUpdates method while webhook is active")
        if self._poll is not None:
            self._poll.set()  # the older poll ends
        offset = params.get("offset", 0)
        self._updates = [update for update in self._updates if update["update_id"] >= offset]
        self.polls += 1
        async with self._changed:
            self._changed.notify_all()
        if not self._updates and params.get("timeout"):
            mine = self._poll = asyncio.Event()
            try:
                async with asyncio.timeout(min(params["timeout"], 5)):
                    await mine.wait()
            except TimeoutError:
                pass
            finally:
                if self._poll is mine:
                    self._poll = None
        return self._updates[: params.get("limit", 100)]

    async def _setWebhook(self, params: dict[str, Any]) -> Any:
        self.webhook = dict(params)
        if params["url"]:
            waiting, self._updates = self._updates, []
            for update in waiting:
                self._queue(update)
        return True

    async def _deleteWebhook(self, _: Mapping[str, Any]) -> Any:
        self.webhook = {}
        return True

    async def _getWebhookInfo(self, _: Mapping[str, Any]) -> Any:
        info = {"url": self.webhook.get("url", ""), "has_custom_certificate": False}
        return {**info, "pending_update_count": sum(map(len, self._queues.values()))}

    async def _sendMessage(self, params: dict[str, Any]) -> Any:
        if "parse_mode" in params:
            self.violations.append("a parse mode was used")
        chat = self.chat(params["chat_id"])
        if chat.blocked:
            raise Refused("403 Forbidden: bot was blocked by the user")
        markup = params.get("reply_markup", {})
        shown = Shown(next(self._messages), params["text"], params.get("entities", []), markup)
        chat.shown.append(shown)
        if "keyboard" in markup:
            chat.keyboard = shown.labels
        elif "remove_keyboard" in markup:
            chat.keyboard = []
        private = {"id": chat.id, "type": "private", "first_name": "Test"}
        return {"message_id": shown.id, "date": 1_795_000_001, "chat": private, "text": shown.text}

    async def _editMessageReplyMarkup(self, params: dict[str, Any]) -> Any:
        shown = self._find(params)
        if shown.markup == params.get("reply_markup", {}):
            raise Refused("400 Bad Request: message is not modified")
        shown.markup = params.get("reply_markup", {})
        return {"message_id": shown.id, "date": 1, "chat": {"id": params["chat_id"], "type": "private"}, "text": "…"}

    async def _editMessageText(self, params: dict[str, Any]) -> Any:
        shown = self._find(params)
        shown.text, shown.markup = params["text"], params.get("reply_markup", {})
        return {"message_id": shown.id, "date": 1, "chat": {"id": params["chat_id"], "type": "private"}, "text": "…"}

    def _find(self, params: Mapping[str, Any]) -> Shown:
        for shown in self.chat(params["chat_id"]).shown:
            if shown.id == params["message_id"] and not shown.deleted:
                return shown
        raise Refused("400 Bad Request: message to edit not found")

    async def _deleteMessage(self, params: dict[str, Any]) -> Any:
        chat = self.chat(params["chat_id"])
        if chat.own.pop(params["message_id"], None) is None:
            raise Refused("400 Bad Request: message to delete not found")
        return True

    async def _leaveChat(self, params: dict[str, Any]) -> Any:
        self.chat(params["chat_id"]).left = True
        return True

    async def _sendChatAction(self, params: dict[str, Any]) -> Any:
        self.chat(params["chat_id"]).typing += 1
        return True

    async def _answerCallbackQuery(self, params: dict[str, Any]) -> Any:
        number = params["callback_query_id"]
        if number not in self.presses:
            raise Refused("400 Bad Request: query is too old and response timeout expired or query ID is invalid")
        self.presses[number] = True
        return True

    # ---- webhook lanes --------------------------------------------------------------------------------------------

    def _queue(self, update: dict[str, Any]) -> None:
        press = update.get("callback_query")
        lane: Any = ("press", press["from"]["id"]) if press else None
        for kind in ("message", "edited_message", "my_chat_member"):
            if kind in update:
                lane = update[kind].get("chat", {}).get("id")
        self._queues[lane].append(update)
        if lane not in self._lanes or self._lanes[lane].done():
            self._lanes[lane] = asyncio.create_task(self._run_lane(lane))

    async def _run_lane(self, lane: Any) -> None:
        """The head of a lane until it gets a 2xx; only then the next."""
        assert self._client is not None
        tries = 0
        while queue := self._queues[lane]:
            headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook.get("secret_token", "")}
            status, again = 0, 0.0
            try:
                async with self._client.post(self.webhook["url"], json=queue[0], headers=headers) as answer:
                    status, again = answer.status, float(answer.headers.get("Retry-After", 0))
                    await answer.read()
            except (ClientError, TimeoutError):
                again = 0.2
            self.posted.append((queue[0]["update_id"], status))
            if 200 <= status < 300:
                queue.popleft()
                tries = 0
            else:
                tries += 1
                await asyncio.sleep(min(again or 0.01 * tries, 0.1))  # a fiftieth of the real pace
            async with self._changed:
                self._changed.notify_all()


@asynccontextmanager
async def serve() -> AsyncIterator[FakeApi]:
    """A fresh server at `api.base`."""
    api = FakeApi()
    app = web.Application(client_max_size=8 * 1024 * 1024)
    app.router.add_route("*", "/bot{token}/{method}", api.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    api.base = f"http://127.0.0.1:{port}"
    api._client = ClientSession(timeout=ClientTimeout(30))
    try:
        yield api
    finally:
        for lane in api._lanes.values():
            lane.cancel()
        await asyncio.gather(*api._lanes.values(), return_exceptions=True)
        await api._client.close()
        await runner.cleanup()


def _error(status: int, said: str, retry_after: int = 0, moved_to: int = 0) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": said}
    if retry_after:
        body["parameters"] = {"retry_after": retry_after}
    if moved_to:
        body["parameters"] = {"migrate_to_chat_id": moved_to}
    return web.json_response(body, status=status)


def _cut(request: web.Request) -> web.Response:
    """The connection breaks without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
