"""A blocking HTTP/1.1 client that sends exactly the bytes it is given and reads one answer at a time."""

import collections
import dataclasses
import json
import socket
import ssl
import time


class Closed(Exception):
    """The server closed (or reset) the connection where an answer, or more of one, was due."""


@dataclasses.dataclass
class Response:
    status: int
    headers: list[tuple[str, str]]
    body: bytes = b""
    version: str = "HTTP/1.1"
    whole: bool = True  # False: the connection closed before the body's end

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name), None)

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def events(self) -> list[str]:
        """The `data:` of each event of a stream."""
        return [line[6:] for line in self.body.decode().split("\n") if line.startswith("data: ")]


class RawConnection:
    def __init__(self, port: int, host: str = "127.0.0.1", timeout: float = 10,
                 tls: ssl.SSLContext | None = None, server_name: str = "localhost",
                 opened: socket.socket | None = None):
        self._socket = opened or socket.create_connection((host, port), timeout)
        self._socket.settimeout(timeout)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            self._socket = tls.wrap_socket(self._socket, server_hostname=server_name)
        self._buffer = b""
        self._events: collections.deque[str] = collections.deque()  # read, not yet asked for
        self._half_event = b""

    def __enter__(self) -> "RawConnection":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def close(self) -> None:
        self._socket.close()

    def shut_down_sending(self) -> None:
        self._socket.shutdown(socket.SHUT_WR)

    def send(self, data: bytes) -> None:
        """A server that has seen enough may have closed already: what matters is its answer."""
        try:
            self._socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def send_bytewise(self, data: bytes) -> None:
        for index in range(len(data)):
            self.send(data[index:index + 1])

    def read_response(self, head_only: bool = False) -> Response:
        """The next final answer; interim ones (1xx) are skipped."""
        while True:
            response = self.read_head()
            if response.status >= 200:
                break
        if not head_only and response.status not in (204, 304):
            self._read_body(response)
        return response

    def read_head(self) -> Response:
        lines = self._read_until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        version, status, _ = lines[0].split(" ", 2)
        headers = [tuple(part.strip() for part in line.split(":", 1)) for line in lines[1:]]
        return Response(int(status), headers, version=version)

    def read_chunk(self) -> bytes:
        """The next chunk of a chunked body; empty at its end."""
        size = int(self._read_until(b"\r\n").partition(b";")[0], 16)
        data = self._read_exactly(size)
        self._read_exactly(2)
        return data

    def read_event(self) -> str:
        """The data of the next event of a chunked stream."""
        while not self._events:
            data = self.read_chunk()
            if not data:
                raise Closed("the stream is over")
            *events, self._half_event = (self._half_event + data).split(b"\n\n")
            self._events.extend(event.decode().removeprefix("data: ") for event in events)
        return self._events.popleft()

    def read_to_end(self) -> bytes:
        """Everything until the server closes."""
        while True:
            try:
                self._fill()
            except Closed:
                data, self._buffer = self._buffer, b""
                return data

    def is_closed_within(self, seconds: float) -> bool:
        """Whether the server closes, sending nothing more, within the time."""
        self._socket.settimeout(seconds)
        try:
            self._fill()
        except Closed:
            return not self._buffer
        except TimeoutError:
            return False
        return False

    def _fill(self) -> None:
        try:
            data = self._socket.recv(65536)
        except (ConnectionResetError, BrokenPipeError) as error:
            raise Closed(str(error)) from error
        if not data:
            raise Closed("end of file")
        self._buffer += data

    def _read_until(self, mark: bytes) -> bytes:
        while mark not in self._buffer:
            self._fill()
        found, _, self._buffer = self._buffer.partition(mark)
        return found

    def _read_exactly(self, size: int) -> bytes:
        while len(self._buffer) < size:
            self._fill()
        found, self._buffer = self._buffer[:size], self._buffer[size:]
        return found

    def _read_body(self, response: Response) -> None:
        try:
            if response.header("transfer-encoding") == "chunked":
                while data := self.read_chunk():
                    response.body += data
            elif response.header("content-length") is not None:
                response.body = self._read_exactly(int(response.header("content-length")))
            else:
                response.body = self.read_to_end()
        except Closed:
            response.body += self._buffer
            response.whole = False


def encode_request(method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b"") -> bytes:
    given = {"Host": "gateway.test", **(headers or {})}
    if body or method in ("POST", "PUT", "PATCH"):
        given.setdefault("Content-Length", str(len(body)))
    head = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + body


def ask(port: int, method: str, path: str, headers: dict[str, str] | None = None, json_body=None,
        body: bytes = b"", timeout: float = 30, **connection) -> Response:
    """One request over a connection of its own."""
    if json_body is not None:
        body = json.dumps(json_body).encode()
        headers = {"Content-Type": "application/json", **(headers or {})}
    with RawConnection(port, timeout=timeout, **connection) as opened:
        opened.send(encode_request(method, path, headers, body))
        return opened.read_response(head_only=method == "HEAD")


def wait_until(condition, seconds: float = 5, every: float = 0.02) -> None:
    """For what can only be polled, such as another process's port."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {condition}")
        time.sleep(every)
