#!/usr/bin/env python3
"""A Redis with a search module, for tests: FT.CREATE, FT._LIST, FT.INFO, FT.SEARCH and FT.DROPINDEX are computed here,
everything else goes to a real redis-server behind it, whose keys are what is searched.

    with SearchServer() as server: redis.Redis.from_url(server.url)
    search_server.py [--port N] [--flavor redis|valkey] [--password P]      prints its port, runs until its input ends

STANDIN.GHOST key makes a key answer as one that expired between match and reading; STANDIN.COMMANDS gives what FT
commands it got. flavor="valkey" knows no VECTOR_RANGE and no DD, and has valkey-search's FT.INFO.
"""

import argparse
import asyncio
import contextlib
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading

from search_index import Index
from search_query import Document, QueryError

MODULES = [["name", "search", "ver", 21033, "path", "/usr/lib/redis/modules/redisearch.so", "args", []]]


class Refused(Exception):
    """An error reply; its text is the whole line."""


def encode(value, protocol: int) -> bytes:
    match value:
        case None:
            return b"_\r\n" if protocol == 3 else b"$-1\r\n"
        case int():
            return b":%d\r\n" % value
        case str():
            return b"+" + value.encode() + b"\r\n"
        case bytes():
            return b"$%d\r\n%s\r\n" % (len(value), value)
        case dict():
            pairs = b"".join(encode(each, protocol) for pair in value.items() for each in pair)
            return (b"%%%d\r\n" % len(value) if protocol == 3 else b"*%d\r\n" % (2 * len(value))) + pairs
        case list():
            return b"*%d\r\n" % len(value) + b"".join(encode(each, protocol) for each in value)
    raise TypeError(type(value))


async def read_value(reader: asyncio.StreamReader) -> tuple[bytes, object]:
    """One value as its bytes, and as Python's: bytes, int, list, None."""
    line = await reader.readuntil(b"\r\n")
    kind, rest = line[:1], line[1:-2]
    if kind in b"$=!":
        if rest == b"-1":
            return line, None
        body = await reader.readexactly(int(rest) + 2)
        return line + body, body[:-2]
    if kind in b"*~>%":
        count = max(int(rest), 0) * (2 if kind == b"%" else 1)
        raw, items = line, []
        for _ in range(count):
            part, item = await read_value(reader)
            raw += part
            items.append(item)
        return raw, items
    return line, int(rest) if kind == b":" else rest


class Connection:
    """A client, and a connection to the redis-server for it alone: so SELECT, AUTH and MULTI mean what they mean."""

    def __init__(self, server: "SearchServer", reader, writer):
        self.server, self.reader, self.writer = server, reader, writer
        self.protocol = 2
        self.answers: asyncio.Queue = asyncio.Queue()

    async def run(self) -> None:
        self.backend, self.to_backend = await asyncio.open_unix_connection(self.server.socket)
        pump = asyncio.create_task(self.pump())
        try:
            while True:
                raw, args = await read_value(self.reader)
                if args:
                    await self.answer(raw, args)
                await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, ValueError):
            pass
        finally:
            pump.cancel()
            self.to_backend.close()
            self.writer.close()

    async def pump(self) -> None:
        """Replies in their order; pushes at once."""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                answer = await read_value(self.backend)
                if answer[0].startswith(b">"):
                    self.writer.write(answer[0])
                else:
                    self.answers.put_nowait(answer)
        self.answers.put_nowait((b"-ERR the server behind the stand-in is gone\r\n", None))

    async def forward(self, raw: bytes) -> tuple[bytes, object]:
        self.to_backend.write(raw)
        return await self.answers.get()

    async def answer(self, raw: bytes, args: list[bytes]) -> None:
        name = args[0].upper().decode("ascii", "replace")
        if name in ("FLUSHALL", "FLUSHDB"):
            self.server.indexes.clear()
        own = self.own(name, args)
        if own is None:
            reply, _ = await self.forward(raw)
            if name == "HELLO" and len(args) > 1 and not reply.startswith(b"-"):
                self.protocol = int(args[1])
        else:
            try:
                reply = encode(await own, self.protocol)
            except (QueryError, Refused) as error:
                reply = f"-{error}\r\n".encode()
            except (IndexError, ValueError):
                reply = b"-ERR wrong number of arguments or a number that is none\r\n"
        self.writer.write(reply)

    def own(self, name: str, args: list[bytes]):
        """The coroutine for a command that the stand-in answers itself."""
        if name.startswith(("FT.", "STANDIN.")):
            if name.startswith("FT."):
                self.server.commands.append(args)
            known = {"FT.CREATE": self.create, "FT._LIST": self.names, "FT.INFO": self.info, "FT.SEARCH": self.search,
                     "FT.DROPINDEX": self.drop, "STANDIN.GHOST": self.ghost, "STANDIN.COMMANDS": self.commands}
            return known.get(name, self.unknown)(args)
        if name == "MODULE" and args[1].upper() == b"LIST":
            return self.modules(args)
        if name == "COMMAND" and len(args) > 2 and args[1].upper() == b"INFO" and \
                any(arg.upper().startswith(b"FT.") for arg in args):
            return self.command_info(args)
        return None

    async def unknown(self, args):
        raise Refused(f"ERR unknown command '{args[0].decode()}', with args beginning with: ")

    async def modules(self, args):
        return MODULES

    async def command_info(self, args):
        # What else is asked about is said to be unknown: a Redis 7 has no more than FT.* to find here.
        known = (b"FT.CREATE", b"FT._LIST", b"FT.INFO", b"FT.SEARCH", b"FT.DROPINDEX")
        return [[arg.lower(), -1, [], 0, 0, 0] if arg.upper() in known else None for arg in args[2:]]

    async def ghost(self, args):
        self.server.ghosts.add(args[1].decode())
        return "OK"

    async def commands(self, args):
        return [list(each) for each in self.server.commands]

    def index(self, name: bytes, missing: str) -> Index:
        try:
            return self.server.indexes[name.decode()]
        except KeyError:
            raise QueryError(missing) from None

    async def create(self, args):
        index = Index(args)
        if index.name in self.server.indexes:
            raise QueryError("Index already exists")
        self.server.indexes[index.name] = index
        return "OK"

    async def names(self, args):
        return list(self.server.indexes)

    async def info(self, args):
        index = self.index(args[1], "Unknown index name")
        return index.info(await self.documents(index), self.server.flavor)

    async def drop(self, args):
        index = self.index(args[1], "Unknown Index name")
        if self.server.flavor == "valkey" and len(args) != 2:
            raise Refused("ERR wrong number of arguments for 'FT.DROPINDEX' command")
        if len(args) > 2 and args[2].upper() == b"DD":
            for document in await self.documents(index):
                await self.forward(encode([b"DEL", document.key.encode()], 2))
        del self.server.indexes[index.name]
        return "OK"

    async def search(self, args):
        index = self.index(args[1], f"No such index {args[1].decode()}")
        if self.server.flavor == "valkey" and b"VECTOR_RANGE" in args[2].upper():
            raise QueryError("Invalid range: Value above maximum")
        return index.search(args, await self.documents(index), self.server.ghosts, self.protocol)

    async def documents(self, index: Index) -> list[Document]:
        _, keys = await self.forward(encode([b"KEYS", b"*"], 2))
        found = []
        for key in sorted(keys):
            name = key.decode("utf-8", "surrogateescape")
            if not index.covers(name):
                continue
            raw, pairs = await self.forward(encode([b"HGETALL", key], 2))
            if pairs and not raw.startswith(b"-"):
                fields = {pairs[i].decode("utf-8", "replace"): pairs[i + 1] for i in range(0, len(pairs), 2)}
                found.append(Document(name, fields))
        return found


class SearchServer:
    def __init__(self, port: int = 0, flavor: str = "redis", password: str = ""):
        self.port, self.flavor, self.password = port, flavor, password
        self.indexes: dict[str, Index] = {}
        self.ghosts: set[str] = set()
        self.commands: list[list[bytes]] = []

    @property
    def url(self) -> str:
        return f"redis://{':' + self.password + '@' if self.password else ''}127.0.0.1:{self.port}"

    def __enter__(self) -> "SearchServer":
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="search-server-"))
        self.socket = str(self.folder / "redis.sock")
        self.redis = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", self.socket, "--save", "", "--appendonly", "no",
             "--dir", str(self.folder), *(["--requirepass", self.password] if self.password else [])],
            stdout=subprocess.PIPE, text=True)
        # It says so when it is there; without a line it has ended.
        if not any("ready to accept connections" in line.lower() for line in self.redis.stdout):
            raise RuntimeError("redis-server did not start")
        threading.Thread(target=lambda: [None for _ in self.redis.stdout], daemon=True).start()
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        asyncio.run_coroutine_threadsafe(self.listen(), self.loop).result()
        return self

    async def listen(self) -> None:
        self.listener = await asyncio.start_server(lambda r, w: Connection(self, r, w).run(), "127.0.0.1", self.port,
                                                   limit=1 << 26)
        self.port = self.listener.sockets[0].getsockname()[1]

    async def close(self) -> None:
        self.listener.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def __exit__(self, *exception) -> None:
        asyncio.run_coroutine_threadsafe(self.close(), self.loop).result()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()
        self.redis.terminate()
        self.redis.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--flavor", choices=["redis", "valkey"], default="redis")
    options.add_argument("--password", default="")
    with SearchServer(**vars(options.parse_args())) as server:
        print(server.port, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
