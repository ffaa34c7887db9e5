"""A small HTTP/1.1 server side that can misbehave.

It reads requests properly (Content-Length and chunked bodies, keep-alive) and leaves every byte of
the answer to its caller, so that a test can send what no real server library would: half a body, a
wrong length, a reset in the middle of a stream. One Connection is one accepted socket.
"""

import asyncio
import dataclasses
import json
import socket
import struct
import urllib.parse

READ_SIZE = 64 * 1024
MAX_HEAD = 256 * 1024
REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 429: "Too Many Requests",
           500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable"}


class BadRequest(Exception):
    """The peer sent something that is not HTTP/1.x."""


class Gone(Exception):
    """The peer closed or reset the connection."""


@dataclasses.dataclass
class Request:
    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def path(self) -> str:
        return urllib.parse.urlsplit(self.target).path

    @property
    def query(self) -> dict[str, list[str]]:
        return urllib.parse.parse_qs(urllib.parse.urlsplit(self.target).query)

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name), None)


def response_head(status: int, headers: list[tuple[str, str]], version: str = "1.1") -> bytes:
    lines = [f"HTTP/{version} {status} {REASONS.get(status, 'Status')}"]
    lines += [f"{name}: {value}" for name, value in headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def chunk(data: bytes) -> bytes:
    """One chunk of a chunked body; an empty one would end the body, so it becomes nothing."""
    return b"%x\r\n%s\r\n" % (len(data), data) if data else b""


LAST_CHUNK = b"0\r\n\r\n"


def json_bytes(value) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


class Connection:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int):
        self.number = number
        self.piece = 0      # > 0: write in pieces of this many bytes
        self.stale = False  # True: the next request is dropped unanswered
        self._reader = reader
        self._writer = writer
        self._buffer = b""

    @property
    def ssl_object(self):
        return self._writer.get_extra_info("ssl_object")

    async def read_request(self) -> Request | None:
        """The next request; None when the peer closed between two requests."""
        try:
            head = await self._read_until(b"\r\n\r\n", MAX_HEAD)
        except Gone:
            if self._buffer.strip():
                raise
            return None
        lines = head.decode("latin-1").split("\r\n")
        parts = lines[0].split(" ")
        if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
            raise BadRequest(f"request line {lines[0]!r}")
        headers = []
        for line in lines[1:]:
            name, colon, value = line.partition(":")
            if not colon or not name or name != name.strip():
                raise BadRequest(f"header line {line!r}")
            headers.append((name, value.strip()))
        request = Request(parts[0], parts[1], headers, b"")
        request.body = await self._read_body(request)
        return request

    async def watch(self) -> None:
        """Returns when the peer has left. Bytes that come meanwhile are kept for the next request."""
        try:
            while True:
                await self._fill()
        except Gone:
            return

    async def write(self, data: bytes) -> None:
        try:
            step = self.piece or len(data) or 1
            for start in range(0, len(data), step):
                self._writer.write(data[start:start + step])
                await self._writer.drain()
                if self.piece:  # give the peer a chance to read this piece alone
                    await asyncio.sleep(0)
        except OSError as error:
            raise Gone from error

    async def close(self) -> None:
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except OSError:
            pass

    def reset(self) -> None:
        """Closes with RST instead of FIN: what a crashed or overloaded server does."""
        raw = self._writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    async def _fill(self) -> None:
        try:
            data = await self._reader.read(READ_SIZE)
        except OSError as error:
            raise Gone from error
        if not data:
            raise Gone
        self._buffer += data

    async def _read_until(self, mark: bytes, limit: int) -> bytes:
        while mark not in self._buffer:
            if len(self._buffer) > limit:
                raise BadRequest(f"nothing ends after {limit} bytes")
            await self._fill()
        found, _, self._buffer = self._buffer.partition(mark)
        return found

    async def _read_exactly(self, size: int) -> bytes:
        while len(self._buffer) < size:
            await self._fill()
        found, self._buffer = self._buffer[:size], self._buffer[size:]
        return found

    async def _read_body(self, request: Request) -> bytes:
        if (request.header("transfer-encoding") or "").lower() == "chunked":
            return await self._read_chunks()
        length = request.header("content-length") or "0"
        if not length.isdecimal():
            raise BadRequest(f"content-length {length!r}")
        return await self._read_exactly(int(length))

    async def _read_chunks(self) -> bytes:
        body = b""
        while True:
            line = await self._read_until(b"\r\n", MAX_HEAD)
            try:
                size = int(line.partition(b";")[0], 16)
            except ValueError as error:
                raise BadRequest(f"chunk size {line!r}") from error
            if size == 0:
                while await self._read_until(b"\r\n", MAX_HEAD):
                    pass  # trailers
                return body
            body += await self._read_exactly(size)
            if await self._read_exactly(2) != b"\r\n":
                raise BadRequest("no CRLF after a chunk")
