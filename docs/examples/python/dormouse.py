"""A client of Dormouse rooms, for Python 3.9 and newer. It needs the package `websockets`, 10.4 or newer. docs/guides/python.md explains it.

    async with Room("https://rooms.example.com", "lobby", name="Ada") as room:
        seq = await room.publish({"text": "hello"})
        async for message in room:
            print(message["seq"], message["name"], message.get("data"))
"""

import asyncio
import collections
import contextlib
import inspect
import json
import random
import secrets
import time
import urllib.error
import urllib.parse
import urllib.request

import websockets
from websockets.exceptions import ConnectionClosed, InvalidHandshake, WebSocketException

SUBPROTOCOL = "dormouse.v1"
ANSWER_SECONDS = 10  # for an attempt to connect, and for the answer to a ping
STABLE_SECONDS = 10  # a connection that lived this long resets the backoff
MIN_BACKOFF, MAX_BACKOFF = 0.5, 20
PUBLISHES = 100  # how many are on their way at a time; further calls of publish() wait
REPEATS = 10  # of a message that the room refuses only for a while
MAX_FRAME = 32 * 2**20
COST_BYTES = 16 * 1024  # a frame costs one token of the rate limit, and one more for each of these
FINAL_CLOSES = {1000, 1003, 1007, 1008, 1009}
RETRIED_PRIVATE_CLOSES = {4002, 4008, 4009, 4010}


class RoomError(Exception):
    """`code` is an error code or the name of a close: docs/TROUBLESHOOTING.md lists them. Only a `final` error ends the room."""

    def __init__(self, code, message, final=True, retry_after=0.0):
        super().__init__(f"{code}: {message}")
        self.code, self.final, self.retry_after = code, final, retry_after


class _Publish:
    def __init__(self, frame):
        self.frame, self.sent, self.repeats = frame, False, 0
        self.done = asyncio.get_running_loop().create_future()


class Room:
    """A room that stays connected until `async with` ends, or until the service refuses it for good.

    `token` is a token, or a function that returns one; without it the client is a guest. `cursor` continues where an earlier run
    stopped. With `read=False`, messages are dropped: use that in a program that only publishes.
    """

    def __init__(self, url, room, *, name=None, token=None, history=0, cursor=None, read=True):
        self._address = f"{url.rstrip('/')}/v1/rooms/{urllib.parse.quote(room, safe='')}"
        self._name, self._history, self._read = name, history, read
        self._token = token or secrets.token_urlsafe(24)  # a guest key: the same member on each connection
        epoch, _, seq = (cursor or "").partition(".")
        self._position = (epoch, int(seq)) if seq else None  # of the last message that the iterator gave
        self._items = collections.deque()  # (message or None, position) and marks that the iterator did not take yet
        self._arrived, self._published = asyncio.Event(), asyncio.Event()
        self._publishes, self._slots = {}, asyncio.Semaphore(PUBLISHES)
        self._tokens, self._refilled, self._held_until = None, 0.0, 0.0
        self._member = self._socket = self._end = None

    @property
    def cursor(self):
        """The position after the last message that `async for` gave. Store it together with what you made of the message."""
        return self._position and f"{self._position[0]}.{self._position[1]}"

    @property
    def member(self):
        """The member id of this client; None before the first connection."""
        return self._member

    async def __aenter__(self):
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_):
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def publish(self, data, id=None):
        """Publishes JSON or bytes, and returns the seq once it is stored. The same `id` again, even by a later run, lands once."""
        id = id or secrets.token_urlsafe(16)
        header = {"type": "publish", "id": id}
        if isinstance(data, bytes):
            text = json.dumps(header).encode()
            frame = len(text).to_bytes(4, "big") + text + data
        else:
            frame = json.dumps({**header, "data": data}, ensure_ascii=False, allow_nan=False)
        async with self._slots:
            if self._end:
                raise self._end
            if id in self._publishes:
                raise ValueError(f"A message with the id {id} is on its way already.")
            publish = self._publishes[id] = _Publish(frame)
            self._published.set()
            try:
                return await publish.done
            finally:
                del self._publishes[id]

    def __aiter__(self):
        return self

    async def __anext__(self):
        """The next message, or {"gap": reason} where the service cannot send all that was missed."""
        while True:
            while not self._items:
                if self._end:
                    raise self._end
                self._arrived.clear()
                await self._arrived.wait()
            message, position = self._items.popleft()
            if isinstance(message, str):
                await self._acknowledge(message)
                continue
            self._position = position
            if message is not None:
                return message

    async def _run(self):
        attempt = 0
        try:
            while True:
                started, wait = time.monotonic(), 0.0
                try:
                    await self._connect()
                except RoomError as error:
                    if error.final:
                        raise
                    wait = error.retry_after
                except (OSError, asyncio.TimeoutError, WebSocketException):
                    pass  # no network, or no answer
                attempt = 0 if time.monotonic() - started > STABLE_SECONDS else attempt + 1
                await asyncio.sleep(wait + random.random() * min(MAX_BACKOFF, MIN_BACKOFF * 2**attempt))
        except BaseException as error:
            left = isinstance(error, asyncio.CancelledError)
            self._end = RoomError("left", "The room was left.") if left else error
            for publish in self._publishes.values():
                if not publish.done.done():
                    publish.done.set_exception(self._end)
            self._arrived.set()
            if left:
                raise

    async def _connect(self):
        """One connection, from the upgrade to its end."""
        token = await self._fresh_token()
        query = {"features": "marks", "history": self._history, "attempt": secrets.token_hex(8)}
        if self._name:
            query["name"] = self._name
        if self._position:
            query["cursor"] = self.cursor
        address = f"{self._address}?{urllib.parse.urlencode(query)}"
        try:
            socket = await websockets.connect(
                "ws" + address[len("http") :], subprotocols=[SUBPROTOCOL, f"bearer.{token}"], compression=None,
                max_size=MAX_FRAME, open_timeout=ANSWER_SECONDS, close_timeout=1, ping_interval=None)
        except InvalidHandshake as error:
            raise await asyncio.to_thread(_why_refused, address, token) from error
        tasks, bye, close_code = [], {}, 3000
        try:
            welcome = json.loads(await asyncio.wait_for(socket.recv(), ANSWER_SECONDS))
            self._socket, self._member = socket, welcome["member"]
            self._begin(welcome)
            tasks = [asyncio.create_task(each) for each in
                     (self._ping(socket, welcome["heartbeat"]), self._send(socket, welcome["limits"]))]
            while True:  # the answer to a ping arrives at each heartbeat, so silence means a dead network
                frame = await asyncio.wait_for(socket.recv(), welcome["heartbeat"] + ANSWER_SECONDS)
                bye = await self._receive(frame, welcome["epoch"]) or bye
        except ConnectionClosed as closed:
            raise _why_closed(closed.rcvd, bye) from closed
        except asyncio.CancelledError:
            close_code = 1000  # a goodbye: the member leaves at once
            raise
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            with contextlib.suppress(WebSocketException, OSError, asyncio.TimeoutError):
                await socket.close(close_code)

    def _begin(self, welcome):
        self._items.clear()  # the service sends everything after the cursor again
        for publish in self._publishes.values():
            publish.sent = False
        if not welcome["resumed"]:
            behind_history = self._history and welcome["seq"] and self._read
            position = None if behind_history else (welcome["epoch"], welcome["seq"])
            self._add({"gap": welcome["reason"]} if self._position else None, position)
        elif self._position[0] != welcome["epoch"]:  # the cursor counted no message, and the log began since
            self._add(None, (welcome["epoch"], 0))

    async def _receive(self, frame, epoch):
        if isinstance(frame, bytes):
            size = int.from_bytes(frame[:4], "big")
            message = {**json.loads(frame[4 : 4 + size]), "bytes": frame[4 + size :]}
            event = {"type": "messages", "first": message["seq"], "at": message["at"], "messages": [message]}
        else:
            event = {"type": "pong"} if frame == "pong" else json.loads(frame)
        kind = event["type"]
        if kind == "messages":
            for index, message in enumerate(event["messages"]):
                message = {"seq": event["first"] + index, "at": event["at"], **message}
                if message["from"] == self._member:
                    self._settle(message["id"], message["seq"])
                self._add(message, (epoch, message["seq"]))
            if "last" in event:
                self._add(None, (epoch, event["last"]))
        elif kind == "ack":
            self._settle(event["id"], event["seq"])
        elif kind == "mark":
            if self._read:
                self._add(event["mark"], None)
            else:
                await self._acknowledge(event["mark"])
        elif kind == "error" and event["code"] == "token_expiring" and callable(self._token):
            await self._socket.send(json.dumps({"type": "auth", "token": await self._fresh_token()}))
        elif kind == "error":
            self._refused(event)
        elif kind == "bye":
            return event

    def _add(self, item, position):
        if self._read:
            self._items.append((item, position))
            self._arrived.set()
        else:
            self._position = position

    async def _acknowledge(self, mark):
        """Proves that everything before the mark was read. The service sends no more than a few megabytes without that."""
        with contextlib.suppress(ConnectionClosed):
            seq = self._position[1] if self._position else 0
            await self._socket.send(json.dumps({"type": "received", "seq": seq, "mark": mark}))

    def _settle(self, id, seq):
        publish = self._publishes.get(id)
        if publish and not publish.done.done():
            publish.done.set_result(seq)

    def _refused(self, error):
        publish = self._publishes.get(error.get("id"))
        if not publish or publish.done.done():
            return
        publish.repeats += 1
        if error["code"] in ("rate_limited", "unavailable") and publish.repeats <= REPEATS:
            self._held_until = time.monotonic() + error.get("retryAfter", 1000) / 1000
            publish.sent = False
            self._published.set()
        else:
            publish.done.set_exception(RoomError(error["code"], error["message"], final=False))

    async def _ping(self, socket, heartbeat):
        while True:
            await socket.send("ping")
            await asyncio.sleep(heartbeat)

    async def _send(self, socket, limits):
        """Sends what is not acknowledged, in the order of the calls, and no faster than the service allows."""
        rate, burst = limits["publishRate"], limits["publishBurst"]
        self._tokens = burst if self._tokens is None else self._tokens
        while True:
            publish = next((each for each in self._publishes.values() if not each.sent and not each.done.done()), None)
            if publish is None:
                self._published.clear()
                await self._published.wait()
                continue
            now = time.monotonic()
            self._tokens = min(burst, self._tokens + (now - self._refilled) * rate)
            self._refilled = now
            cost = min(burst, 1 + len(publish.frame) // COST_BYTES)
            wait = max(self._held_until - now, (cost - self._tokens) / rate if rate else 0)
            if wait > 0:
                await asyncio.sleep(wait)
                continue
            self._tokens -= cost
            publish.sent = True
            await socket.send(publish.frame)

    async def _fresh_token(self):
        token = self._token() if callable(self._token) else self._token
        return await token if inspect.isawaitable(token) else token


def _why_refused(address, token):
    """Asks why the upgrade was refused: the same request without the upgrade has the reason."""
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"})
    try:
        urllib.request.urlopen(request, timeout=ANSWER_SECONDS).close()
        return RoomError("no_upgrade", "The service answers, but opens no WebSocket. Is there a proxy?", final=False)
    except urllib.error.HTTPError as error:
        try:
            problem = dict(json.load(error))
        except (ValueError, TypeError):
            problem = {}
        final = error.code < 500 and error.code not in (408, 429)
        detail = problem.get("detail", error.reason)
        return RoomError(problem.get("code", str(error.code)), detail, final, problem.get("retryAfter", 0) / 1000)
    except OSError as error:
        return RoomError("unavailable", str(error), final=False)


def _why_closed(close, bye):
    code, reason = (close.code, close.reason) if close else (1006, "the connection was lost")
    if bye:
        final, after = bye["retry"] == "never", bye["after"] / 1000
    else:
        final = code in FINAL_CLOSES or (code >= 4000 and code not in RETRIED_PRIVATE_CLOSES)
        after = 0
    return RoomError(bye.get("code", str(code)), bye.get("reason", reason), final, after)
