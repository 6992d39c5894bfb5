"""Keeps a room in a SQLite database, and publishes each line of its input. Nothing is lost or doubled, even if it is killed.

    python3 durable.py http://localhost:8787 lobby lobby.db
"""

import asyncio
import json
import os
import sqlite3
import sys
import uuid

from dormouse import Room, RoomError

SCHEMA = """
create table if not exists messages (seq integer primary key, name text, data text);
create table if not exists outbox (id text primary key, text text);
create table if not exists position (only integer primary key check (only = 1), cursor text);
"""


async def receive(room, database):
    async for message in room:
        with database:  # one transaction: a message and its position are stored together, or neither is
            if "gap" in message:
                print(f"Some messages are gone: {message['gap']}", file=sys.stderr)
                if message["gap"] in ("epoch", "ahead"):  # another log, which counts from 1
                    database.execute("delete from messages")
            else:
                row = (message["seq"], message["name"], json.dumps(message.get("data")))
                database.execute("insert or ignore into messages values (?, ?, ?)", row)
            database.execute("insert or replace into position values (1, ?)", (room.cursor,))


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
    (cursor,) = database.execute("select cursor from position").fetchone() or (None,)
    async with Room(url, name, name="Durable", token=os.environ.get("DORMOUSE_TOKEN"), history=1000, cursor=cursor) as room:
        await asyncio.gather(receive(room, database), send(room, database))


if __name__ == "__main__":
    try:
        asyncio.run(main(*sys.argv[1:]))
    except RoomError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        pass
