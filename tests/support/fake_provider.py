#!/usr/bin/env python3
"""A provider for tests: speaks OpenAI's and Anthropic's API, counts its calls, fails on command.

As a program: fake_provider.py [--host H] [--port N] [--tls CERT KEY] prints its port, and
GET /_log[?clear=1] lists what it was asked. In a test: `with FakeProvider() as provider`.
The commands are in fake_commands.py; docs/testing.md explains them.
"""

import argparse
import asyncio
import collections
import concurrent.futures
import dataclasses
import email.utils
import json
import ssl
import sys
import threading
import weakref
from collections.abc import Callable

import fake_anthropic
import fake_openai
from fake_commands import Commands, parse_commands
from fake_faults import Broken, Reply, send
from fake_http import BadRequest, Connection, Gone, Request, json_bytes
from fake_openai import Refused, Stream, sse

JSON = ("content-type", "application/json; charset=utf-8")
EVENTS = ("content-type", "text/event-stream; charset=utf-8")


@dataclasses.dataclass
class Call:
    """One request that the provider received."""
    number: int            # counts from 1 since the start; an answer's text repeats it
    connection: int        # requests with the same number came over one connection
    method: str
    path: str              # with its query
    headers: list[tuple[str, str]]
    body: str
    sni: str | None        # the server name in the client's TLS hello
    outcome: str = ""      # "" = not over yet, "answered", "broken" (on command), "client left", "dropped"

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name), None)

    @property
    def json(self):
        return json.loads(self.body)


@dataclasses.dataclass
class Asked:
    """A request to one of the APIs, understood."""
    body: dict
    text: str
    number: int
    commands: Commands
    identity: str

    @property
    def streams(self) -> bool:
        return bool(self.body.get("stream"))

    def make(self, whole: Callable, streamed: Callable):
        return (streamed if self.streams else whole)(self.body, self.text, self.number, self.commands, self.identity)


def _chat(asked: Asked):
    fake_openai.check_chat(asked.body)
    return asked.make(fake_openai.chat, fake_openai.chat_stream)


def _completions(asked: Asked):
    make = fake_openai.completion_stream if asked.streams else fake_openai.completion
    return make(asked.body, asked.number, asked.commands)


def _embeddings(asked: Asked):
    return fake_openai.embeddings(asked.body, asked.commands)


def _messages(asked: Asked):
    fake_anthropic.check_messages(asked.body)
    return asked.make(fake_anthropic.messages, fake_anthropic.messages_stream)


# What a path ends with -> the answer. Prefixes differ: /v1/…, /openai/deployments/NAME/… and so on.
APIS = {"/chat/completions": _chat, "/completions": _completions, "/embeddings": _embeddings, "/messages": _messages}


def prompt_of(body: dict) -> str:
    if "messages" in body:
        return fake_openai.last_user_text(body["messages"])
    given = body.get("prompt", body.get("input", ""))
    return given if isinstance(given, str) else " ".join(map(str, given))


class FakeProvider:
    def __init__(self, host: str = "127.0.0.1", port: int = 0, tls: tuple[str, str] | None = None):
        self.host = host
        self.port = port
        self.every_text: set[str] = set()  # all prompts since the start, whatever was cleared:
        self.every_key: set[str] = set()   # neither these nor the keys belong into anybody's log
        self._tls = tls
        self._calls: list[Call] = []
        self._seen: collections.Counter[str] = collections.Counter()
        self._most_under_way = 0
        self._numbers = 0
        self._connections = 0
        self._sni: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()
        self._changed = threading.Condition()

    # For tests: any thread.

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}/v1"

    def calls(self) -> list[Call]:
        with self._changed:
            return [dataclasses.replace(call) for call in self._calls]

    @property
    def most_under_way(self) -> int:
        """The most calls that were not over at the same time."""
        with self._changed:
            return self._most_under_way

    def clear(self) -> None:
        """Forgets the calls, and how often each text came (`!first`)."""
        with self._changed:
            self._calls.clear()
            self._seen.clear()
            self._most_under_way = 0

    def wait_for(self, wanted: Callable[[list[Call]], bool], seconds: float = 5) -> list[Call]:
        """The calls, as soon as `wanted` likes them; an AssertionError if it does not in time."""
        with self._changed:
            if not self._changed.wait_for(lambda: wanted(self._calls), seconds):
                raise AssertionError(f"not within {seconds} s; the calls are {self._calls}")
        return self.calls()

    def __enter__(self) -> "FakeProvider":
        started: concurrent.futures.Future = concurrent.futures.Future()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run(started)), daemon=True)
        self._thread.start()
        self._loop, self._stopped = started.result()
        return self

    def __exit__(self, *_) -> None:
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join()

    async def _run(self, started: concurrent.futures.Future) -> None:
        stopped = asyncio.Event()
        try:
            server = await self.open()
        except OSError as error:
            started.set_exception(error)
            return
        started.set_result((asyncio.get_running_loop(), stopped))
        await stopped.wait()
        server.close()  # what is still being answered is cancelled with the loop

    # The server: one thread, its event loop.

    async def open(self) -> asyncio.Server:
        context = None
        if self._tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*self._tls)
            context.sni_callback = lambda sock, name, _: self._sni.__setitem__(sock, name)
        server = await asyncio.start_server(self._accept, self.host, self.port, ssl=context)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections += 1
        connection = Connection(reader, writer, self._connections)
        try:
            while await self._serve_one(connection):
                pass
        except (Gone, Broken, BadRequest):
            pass
        except asyncio.CancelledError:
            pass  # the end; passed on, asyncio of Python 3.11 would print it
        finally:
            await connection.close()

    async def _serve_one(self, connection: Connection) -> bool:
        request = await connection.read_request()
        if request is None:
            return False
        if request.path == "/_log":
            await self._send_log(connection, request)
            return True
        call = self._record(connection, request)
        if connection.stale:
            self._end(call, "dropped")
            return False
        work = asyncio.ensure_future(self._answer(connection, request, call))
        watch = asyncio.ensure_future(connection.watch())
        try:
            await asyncio.wait({work, watch}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            left = not work.done()
            work.cancel()
            watch.cancel()
            await asyncio.gather(work, watch, return_exceptions=True)
        if left:
            self._end(call, "client left")
            return False
        work.result()
        return (request.header("connection") or "").lower() != "close"

    async def _answer(self, connection: Connection, request: Request, call: Call) -> None:
        try:
            reply, commands = self._reply(request, call)
            await send(connection, reply, commands)
            self._end(call, "answered")
        except Broken:
            self._end(call, "broken")
            raise
        except Gone:
            self._end(call, "client left")
            raise

    def _reply(self, request: Request, call: Call) -> tuple[Reply, Commands]:
        identity = fake_openai.new_id()
        api = next((make for path, make in APIS.items() if request.path.endswith(path)), None)
        anthropic = api is _messages
        error = fake_anthropic.error if anthropic else fake_openai.refusal
        try:
            if anthropic and request.header("anthropic-version") is None:
                raise Refused("anthropic-version: header is required")
            if not any(request.header(name) for name in ("authorization", "api-key", "x-api-key")):
                return self._json(identity, 401, error(401, "No API key was given.")), Commands({})
            if request.method == "GET" and request.path.endswith("/models"):
                return self._json(identity, 200, fake_openai.models()), Commands({})
            if api is None or request.method != "POST":
                return Reply(404, [("content-type", "text/plain; charset=utf-8")], b"404: Not Found"), Commands({})
            asked = self._understand(request, call.number, identity)
            return self._api_reply(api, asked), asked.commands
        except (Refused, ValueError) as reason:
            return self._json(identity, 400, error(400, str(reason))), Commands({})

    def _understand(self, request: Request, number: int, identity: str) -> Asked:
        body = json.loads(request.body)
        if not isinstance(body, dict):
            raise Refused("The body must be a JSON object.")
        text = prompt_of(body)
        with self._changed:
            self.every_text.add(text)
            self._seen[text] += 1
            commands = parse_commands(text, body.get("model", ""), self._seen[text])
        return Asked(body, text, number, commands, identity)

    def _api_reply(self, api: Callable, asked: Asked) -> Reply:
        commands = asked.commands
        error = fake_anthropic.error if api is _messages else fake_openai.error
        if commands.has("html"):
            page = f"<html><body><h1>{commands.get('html')} from a proxy</h1></body></html>"
            return Reply(commands.get("html"), [("content-type", "text/html")], page.encode())
        if commands.has("status"):
            status = commands.get("status")
            reply = self._json(asked.identity, status, error(status, f"fake failure {status}"))
            if commands.retry_after is not None:
                reply.headers.append(("retry-after", commands.retry_after))
            return reply
        answer = api(asked)
        if not isinstance(answer, Stream):
            return self._json(asked.identity, 200, answer)
        event = sse(json_bytes(error(500, "fake failure in the stream")), "error" if api is _messages else "")
        return Reply(200, [EVENTS, *self._headers(asked.identity)], answer, event)

    def _json(self, identity: str, status: int, value) -> Reply:
        return Reply(status, [JSON, *self._headers(identity)], json_bytes(value))

    def _headers(self, identity: str) -> list[tuple[str, str]]:
        return [("date", email.utils.formatdate(usegmt=True)), ("x-request-id", "req_" + identity[-8:]),
                ("openai-organization", "fake"), ("x-ratelimit-limit-requests", "10000"),
                ("x-ratelimit-remaining-requests", "9999")]

    def _record(self, connection: Connection, request: Request) -> Call:
        self._numbers += 1
        sni = self._sni.get(connection.ssl_object) if connection.ssl_object else None
        call = Call(self._numbers, connection.number, request.method, request.target, request.headers,
                    request.body.decode("utf-8", "replace"), sni)
        key = call.header("authorization") or call.header("x-api-key") or ""
        with self._changed:
            if key:
                self.every_key.add(key.removeprefix("Bearer "))
            self._calls.append(call)
            self._most_under_way = max(self._most_under_way, sum(not each.outcome for each in self._calls))
            self._changed.notify_all()
        return call

    def _end(self, call: Call, outcome: str) -> None:
        with self._changed:
            call.outcome = outcome
            self._changed.notify_all()

    async def _send_log(self, connection: Connection, request: Request) -> None:
        body = json_bytes([dataclasses.asdict(call) for call in self.calls()])
        if request.query.get("clear") == ["1"]:
            self.clear()
        await send(connection, Reply(200, [JSON], body), Commands({}))


async def _main(arguments: argparse.Namespace) -> None:
    provider = FakeProvider(arguments.host, arguments.port, arguments.tls)
    server = await provider.open()
    print(provider.port, flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 = any free one, printed")
    parser.add_argument("--tls", nargs=2, metavar=("CERT", "KEY"))
    try:
        asyncio.run(_main(parser.parse_args()))
    except KeyboardInterrupt:
        sys.exit(130)
