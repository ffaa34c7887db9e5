"""Sends an answer of the fake provider, broken in the way that the commands ask for."""

import asyncio
import dataclasses

from fake_commands import Commands
from fake_http import LAST_CHUNK, Connection, chunk, response_head
from fake_openai import Stream


class Broken(Exception):
    """The connection has been broken as commanded; it is of no further use."""


@dataclasses.dataclass
class Reply:
    status: int
    headers: list[tuple[str, str]]
    body: bytes | Stream
    error_event: bytes = b""  # what this API says when its stream fails half-way


async def send(connection: Connection, reply: Reply, commands: Commands) -> None:
    connection.piece = commands.get("split", 0)
    if commands.has("interim"):
        await connection.write(response_head(103, [("link", "</style.css>; rel=preload")]))
    await asyncio.sleep(commands.get("slow", 0))
    if commands.has("close"):
        raise Broken
    if commands.has("garbage"):
        await connection.write(b"220 this is not a web server\r\n\r\n")
        raise Broken
    if commands.get("reset") == "head":
        connection.reset()
        raise Broken
    if isinstance(reply.body, Stream):
        await _send_stream(connection, reply, reply.body, commands)
    else:
        await _send_body(connection, reply, reply.body, commands)
    connection.stale = commands.has("stale")
    if commands.has("bye") or commands.has("http10"):
        raise Broken


async def _send_body(connection: Connection, reply: Reply, body: bytes, commands: Commands) -> None:
    if commands.has("half"):
        body = body[:len(body) // 2]
    wrong_by = commands.get("length", 0)
    length = [] if commands.has("http10") else [("content-length", str(len(body) + wrong_by))]
    await connection.write(response_head(reply.status, reply.headers + length, _version(commands)))
    await asyncio.sleep(commands.get("ttft", 0))
    if _break_point(commands) is not None:
        await connection.write(body[:len(body) // 2])
        await _break_off(connection, reply, commands)
    await connection.write(body)
    if wrong_by > 0:
        raise Broken


async def _send_stream(connection: Connection, reply: Reply, stream: Stream, commands: Commands) -> None:
    framing = [] if commands.has("http10") else [("transfer-encoding", "chunked")]
    framed = bytes if commands.has("http10") else chunk
    await connection.write(response_head(reply.status, reply.headers + framing, _version(commands)))
    await asyncio.sleep(commands.get("ttft", 0))
    break_point = _break_point(commands)
    for index, delta in enumerate(stream.deltas[:break_point]):
        if index:
            await asyncio.sleep(commands.get("gap", 0))
        await connection.write(framed(delta))
    if break_point is not None:
        await _break_off(connection, reply, commands)
    tail = stream.tail if commands.has("nodone") else [*stream.tail, stream.done]
    for event in tail:
        await connection.write(framed(event))
    if not commands.has("http10"):
        await connection.write(LAST_CHUNK)


def _break_point(commands: Commands) -> int | None:
    for name in ("cut", "stall", "error", "reset"):
        if commands.has(name):
            return int(commands.get(name))
    return None


async def _break_off(connection: Connection, reply: Reply, commands: Commands) -> None:
    if commands.has("stall"):
        await asyncio.Event().wait()  # until the client leaves and this task is cancelled
    if commands.has("error"):
        await connection.write(chunk(reply.error_event) + LAST_CHUNK)
    if commands.has("reset"):
        connection.reset()
    raise Broken


def _version(commands: Commands) -> str:
    return "1.0" if commands.has("http10") else "1.1"
