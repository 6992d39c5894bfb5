"""Keeps a room in a SQLite database, and publishes each line of its input. Nothing is lost or doubled, even if it is killed.

It keeps the data of messages, edits and deletions. It ignores reactions, and text that is appended while it is connected.

    python3 durable.py http://localhost:8787 lobby lobby.db
"""

import asyncio
import json
import os
import sqlite3
import sys
import urllib.parse
import urllib.request
import uuid

from dormouse import Room, RoomError

SCHEMA = """
create table if not exists messages (seq integer primary key, name text, data text);
create table if not exists outbox (id text primary key, text text);
create table if not exists position (only integer primary key check (only = 1), cursor text);
"""
TOKEN = os.environ.get("DORMOUSE_TOKEN")
NO_CURSOR = "none.0"  # of no log: the room answers with a gap, which is filled from the beginning
RETRY_SECONDS = 2


async def receive(room, address, database):
    async for message in room:
        gap = message.get("gap")
        if gap in ("epoch", "ahead"):  # another log, which counts from 1
            with database:
                database.execute("delete from messages")
        if gap and not await fill(database, address, *room.cursor.split(".")):
            continue  # the room was erased meanwhile, and the next gap says so
        with database:  # one transaction: a message and its position are stored together, or neither is
            if not gap:
                store(database, message)
            database.execute("insert or replace into position values (1, ?)", (room.cursor,))


def store(database, message):
    op, data = message.get("op"), json.dumps(message.get("data"))
    if op == "edit":
        database.execute("update messages set data = ? where seq = ?", (data, message["target"]))
    elif op == "delete" or message.get("deleted"):
        database.execute("delete from messages where seq = ?", (message.get("target", message["seq"]),))
    elif op is None:
        database.execute("insert or replace into messages values (?, ?, ?)", (message["seq"], message["name"], data))


async def fill(database, address, epoch, until):
    """Stores all messages that the room has, as they are now: what was missed, and what was done to earlier ones."""
    after, more = 0, True
    while more and after < int(until):
        try:
            page = await asyncio.to_thread(read, f"{address}/messages?after={after}&limit=1000&epoch={epoch}")
        except OSError as error:
            code = getattr(error, "code", 503)  # without an answer, the network is away
            if code == 409:
                return False
            if code < 500 and code != 429:
                raise
            await asyncio.sleep(RETRY_SECONDS)
            continue
        with database:
            for message in page["messages"]:
                store(database, message)
        after, more = max([after, *(each["seq"] for each in page["messages"])]), page["more"]
    return True


def read(address):
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {TOKEN}"} if TOKEN else {})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


async def publish(room, database, id, text):
    try:
        await room.publish({"text": text}, id)
    except RoomError as error:
        if error.code == "left":
            return  # the next run sends it again
        print(f"Not published: {text}: {error}", file=sys.stderr)
    with database:
        database.execute("delete from outbox where id = ?", (id,))


async def send(room, database):
    tasks = [asyncio.create_task(publish(room, database, *row)) for row in database.execute("select * from outbox order by rowid")]
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        row = (str(uuid.uuid4()), line.decode().rstrip("\n"))
        with database:
            database.execute("insert into outbox values (?, ?)", row)
        tasks.append(asyncio.create_task(publish(room, database, *row)))
    await asyncio.gather(*tasks)


async def main(url, name, path):
    database = sqlite3.connect(path)
    database.executescript(SCHEMA)
    (cursor,) = database.execute("select cursor from position").fetchone() or (NO_CURSOR,)
    address = f"{url.rstrip('/')}/v1/rooms/{urllib.parse.quote(name, safe='')}"
    async with Room(url, name, name="Durable", token=TOKEN, cursor=cursor) as room:
        await asyncio.gather(receive(room, address, database), send(room, database))


if __name__ == "__main__":
    try:
        asyncio.run(main(*sys.argv[1:]))
    except RoomError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        pass
