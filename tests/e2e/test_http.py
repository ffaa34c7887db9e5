"""HTTP/1.1 at the level of bytes: what must be refused, what must be understood, and no smuggling.

Every request here is also fed byte by byte: the result may not depend on how it arrives.
"""

import contextlib
import json
import threading
import time

import httptools
import pytest

from raw_http import Closed, RawConnection, Response

pytestmark = pytest.mark.sluice_only("has uvicorn's HTTP server")

LIVE = "GET /health/liveliness HTTP/1.1\r\n"
SMUGGLED = b"GET /health/liveliness HTTP/1.1\r\nHost: smuggled\r\n\r\n"
ALIVE = b'"I\'m alive!"'
LONG_AGO = 5.0  # seconds in which anything that is to be answered has been


def post(headers: str, body: bytes = b"") -> bytes:
    return f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\n{headers}\r\n".encode("latin-1") + body


def get(headers: str, body: bytes = b"") -> bytes:
    return f"{LIVE}Host: x\r\n{headers}\r\n".encode("latin-1") + body


CHUNKED = "Transfer-Encoding: chunked\r\n"
FIVE = b"5\r\nhello\r\n"

# name: (what is sent, the status). The connection must close after that one answer.
REFUSED = {
    # Two framings: the classic ways to smuggle a request past a proxy.
    "length and chunked": (post("Content-Length: 6\r\n" + CHUNKED, b"0\r\n\r\n" + SMUGGLED), 400),
    "chunked and length": (post(CHUNKED + "Content-Length: 60\r\n", b"0\r\n\r\n" + SMUGGLED), 400),
    "two lengths": (post("Content-Length: 0\r\nContent-Length: 60\r\n", SMUGGLED), 400),
    "the same length twice": (post("Content-Length: 5\r\nContent-Length: 5\r\n", b"hello"), 400),
    "a list of lengths": (post("Content-Length: 5, 6\r\n", b"hello"), 400),
    "a list of equal lengths": (post("Content-Length: 5, 5\r\n", b"hello"), 400),
    "chunked twice": (post(CHUNKED + CHUNKED, b"0\r\n\r\n" + SMUGGLED), 400),
    "chunked, chunked": (post("Transfer-Encoding: chunked, chunked\r\n", b"0\r\n\r\n"), 400),
    "gzip, chunked": (post("Transfer-Encoding: gzip, chunked\r\n", b"0\r\n\r\n"), 400),
    "chunked, identity": (post("Transfer-Encoding: chunked, identity\r\n", b"0\r\n\r\n"), 400),
    "identity": (post("Transfer-Encoding: identity\r\n", SMUGGLED), 400),
    "xchunked": (post("Transfer-Encoding: xchunked\r\n", b"0\r\n\r\n" + SMUGGLED), 400),
    "quoted chunked": (post('Transfer-Encoding: "chunked"\r\n', b"0\r\n\r\n" + SMUGGLED), 400),
    "chunked with a vertical tab": (post("Transfer-Encoding: \x0bchunked\r\n", b"0\r\n\r\n" + SMUGGLED), 400),
    "empty transfer-encoding": (post("Transfer-Encoding:\r\n", SMUGGLED), 400),
    "space before the colon of a framing": (post("Transfer-Encoding : chunked\r\n", b"0\r\n\r\n" + SMUGGLED), 400),
    "chunked in HTTP/1.0": (b"POST / HTTP/1.0\r\nHost: x\r\n" + CHUNKED.encode() + b"\r\n0\r\n\r\n" + SMUGGLED, 400),
    # Content-Length.
    "length +5": (post("Content-Length: +5\r\n", b"hello"), 400),
    "length -5": (post("Content-Length: -5\r\n", b"hello"), 400),
    "length 0x5": (post("Content-Length: 0x5\r\n", b"hello"), 400),
    "length 5.0": (post("Content-Length: 5.0\r\n", b"hello"), 400),
    "length 5 5": (post("Content-Length: 5 5\r\n", b"hello"), 400),
    "empty length": (post("Content-Length:\r\n", b"hello"), 400),
    "length beyond 64 bits": (post("Content-Length: 18446744073709551621\r\n", b"hello"), 400),
    # Line ends and folding.
    "bare LF after the request line": (b"GET /health/liveliness HTTP/1.1\nHost: x\r\n\r\n", 400),
    "bare LF after a header": (b"GET /health/liveliness HTTP/1.1\r\nHost: x\nA: b\r\n\r\n", 400),
    "bare LF at the head's end": (b"GET /health/liveliness HTTP/1.1\r\nHost: x\r\n\n", 400),
    "bare CR in a header": (get("A: b\rTransfer-Encoding: chunked\r\n"), 400),
    "CR CR LF": (get("A: b\r\r\n"), 400),
    "folded header": (get("A: b\r\n c\r\n"), 400),
    "folded with a tab": (get("A: b\r\n\tc\r\n"), 400),
    "folded framing": (post("Transfer-Encoding:\r\n chunked\r\n", b"0\r\n\r\n" + SMUGGLED), 400),
    "first header begins with a space": (f"{LIVE} Host: x\r\n\r\n".encode(), 400),
    # Header fields.
    "space before the colon": (get("A : b\r\n"), 400),
    "space in a name": (get("A B: c\r\n"), 400),
    "no colon": (get("nonsense\r\n"), 400),
    "no name": (get(": b\r\n"), 400),
    "NUL in a name": (get("A\0: b\r\n"), 400),
    "NUL in a value": (get("A: b\0c\r\n"), 400),
    "control character in a value": (get("A: b\x01c\r\n"), 400),
    "DEL in a value": (get("A: b\x7f\r\n"), 400),
    "non-ASCII name": (get("\xe4: b\r\n"), 400),
    "no Host": (f"{LIVE}A: b\r\n\r\n".encode(), 400),
    "two Hosts": (get("Host: y\r\n"), 400),
    # The request line.
    "no version": (b"GET /health/liveliness\r\n\r\n", 400),
    "HTTP/2.0": (b"GET /health/liveliness HTTP/2.0\r\nHost: x\r\n\r\n", 400),
    "HTTP/1.2": (b"GET /health/liveliness HTTP/1.2\r\nHost: x\r\n\r\n", 400),
    "HTTP/1.10": (b"GET /health/liveliness HTTP/1.10\r\nHost: x\r\n\r\n", 400),
    "http/1.1": (b"GET /health/liveliness http/1.1\r\nHost: x\r\n\r\n", 400),
    "HTTP/2 preface": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "two spaces": (b"GET  /health/liveliness HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    "tab for a space": (b"GET\t/health/liveliness HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    "space after the version": (b"GET /health/liveliness HTTP/1.1 \r\nHost: x\r\n\r\n", 400),
    "space in the path": (b"GET /health/live liness HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    "control character in the path": (b"GET /health\x01 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    "method with a bracket": (b"G[T /health/liveliness HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    "TLS to a plain port": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
    # Chunks.
    "chunk size g": (post(CHUNKED, b"g\r\nhello\r\n0\r\n\r\n"), 400),
    "chunk size -1": (post(CHUNKED, b"-1\r\nhello\r\n0\r\n\r\n"), 400),
    "chunk size 0x5": (post(CHUNKED, b"0x5\r\nhello\r\n0\r\n\r\n"), 400),
    "empty chunk size": (post(CHUNKED, b"\r\nhello\r\n0\r\n\r\n"), 400),
    "space before a chunk size": (post(CHUNKED, b" 5\r\nhello\r\n0\r\n\r\n"), 400),
    "space after a chunk size": (post(CHUNKED, b"5 \r\nhello\r\n0\r\n\r\n"), 400),
    "chunk size beyond 64 bits": (post(CHUNKED, b"10000000000000005\r\nhello\r\n0\r\n\r\n"), 400),
    "bare LF after a chunk size": (post(CHUNKED, b"5\nhello\r\n0\r\n\r\n"), 400),
    "bare CR after a chunk size": (post(CHUNKED, b"5\rhello\r\n0\r\n\r\n"), 400),
    "bare LF in a chunk extension": (post(CHUNKED, b"5;a\nb\r\nhello\r\n0\r\n\r\n" + SMUGGLED), 400),
    "no CRLF after a chunk": (post(CHUNKED, b"5\r\nhello0\r\n\r\n"), 400),
    "bare LF after a chunk": (post(CHUNKED, b"5\r\nhello\n0\r\n\r\n"), 400),
    "chunk longer than its size": (post(CHUNKED, b"4\r\nhello\r\n0\r\n\r\n"), 400),
    "bare LF at the last chunk": (post(CHUNKED, FIVE + b"0\n\r\n"), 400),
    # Too much.
    "a head of 70 kB": (get("A: " + "b" * 70_000 + "\r\n"), 431),
    "a target of 70 kB": (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 431),
    "a thousand headers": (get("".join(f"A{i}: b\r\n" for i in range(1000))), 431),
    "a length of 200 MB": (post("Content-Length: 200000000\r\n"), 413),
    "unknown expectation": (post("Expect: a-miracle\r\nContent-Length: 5\r\n", b"hello"), 417),
}

# name: what is sent; each is a GET of the liveliness that must be answered.
UNDERSTOOD = {
    "plain": get(""),
    "name in any case": get("cOnTeNt-LeNgTh: 0\r\n"),
    "no space after the colon": f"{LIVE}Host:x\r\nA:b\r\n\r\n".encode(),
    "tabs around a value": get("A:\t b \t\r\n"),
    "empty value": get("A:\r\nB: \r\n"),
    "bytes above ASCII in a value": get("A: caf\xe9\r\n"),
    "empty lines before": b"\r\n\r\n" + get(""),
    "a body that nobody wants": get("Content-Length: 5\r\n", b"hello"),
    "zeros before a length": get("Content-Length: 0005\r\n", b"hello"),
    "chunked": get(CHUNKED, FIVE + b"0\r\n\r\n"),
    "Chunked": get("Transfer-Encoding: Chunked\r\n", FIVE + b"0\r\n\r\n"),
    "chunk extensions": get(CHUNKED, b'5;a=b;c="d"\r\nhello\r\n0;e\r\n\r\n'),
    "trailers": get(CHUNKED, FIVE + b"0\r\nA: b\r\n\r\n"),
    "zeros before a chunk size": get(CHUNKED, b"0005\r\nhello\r\n000\r\n\r\n"),
    "a query": b"GET /health/liveliness?a=b HTTP/1.1\r\nHost: x\r\n\r\n",
    "eighty headers": get("".join(f"A{i}: b\r\n" for i in range(80))),
    "a head of 30 kB": get("A: " + "b" * 30_000 + "\r\n"),
}


@pytest.fixture(params=["at once", "byte by byte"])
def feed(request):
    return RawConnection.send if request.param == "at once" else RawConnection.send_bytewise


@pytest.fixture
def port(shared_gateway) -> int:
    return shared_gateway.port


@pytest.mark.smoke
@pytest.mark.parametrize("name", REFUSED)
def test_refused_once_and_closed(port, feed, name):
    sent, status = REFUSED[name]
    if feed is RawConnection.send_bytewise and len(sent) > 20_000:
        pytest.skip("long and short heads are read by the same code")
    with RawConnection(port, timeout=LONG_AGO) as client:
        feed(client, sent)
        if name == "TLS to a plain port":  # no line has ended yet
            client.send(b"\r\n")
        answer = client.read_response()
        assert answer.status == status
        assert_is_a_gateway_error(answer)
        assert client.read_to_end() == b""


def assert_is_a_gateway_error(answer: Response) -> None:
    error = answer.json["error"]
    assert set(error) == {"message", "type", "param", "code"} and error["code"] == str(answer.status)
    assert answer.header("connection") == "close"


@pytest.mark.smoke
@pytest.mark.parametrize("name", UNDERSTOOD)
def test_understood_and_kept(port, feed, name):
    sent = UNDERSTOOD[name]
    if feed is RawConnection.send_bytewise and len(sent) > 20_000:
        pytest.skip("long and short heads are read by the same code")
    with RawConnection(port, timeout=LONG_AGO) as client:
        for _ in range(2):  # the second shows that the first was read to its end and no further
            feed(client, sent)
            answer = client.read_response()
            assert (answer.status, answer.body) == (200, ALIVE)


def test_pipelined_requests_are_answered_in_order(gateway, feed):
    body = json.dumps({"model": "chat", "messages": [{"role": "user", "content": "!slow 0.2"}]}).encode()
    key = f"Authorization: Bearer {gateway.key}\r\n"
    with gateway.open(timeout=LONG_AGO) as client:
        feed(client, post(f"{key}Content-Length: {len(body)}\r\n", body) + get("")
             + f"GET /v1/models HTTP/1.1\r\nHost: x\r\n{key}\r\n".encode() + get("Connection: close\r\n"))
        assert client.read_response().json["object"] == "chat.completion"
        assert client.read_response().body == ALIVE
        assert client.read_response().json["object"] == "list"
        assert client.read_response().body == ALIVE
        assert client.read_to_end() == b""


def test_nothing_is_read_after_connection_close(port):
    with RawConnection(port, timeout=LONG_AGO) as client:
        client.send(get("Connection: close\r\n") + SMUGGLED)
        assert client.read_response().header("connection") == "close"
        assert client.read_to_end() == b""


def test_http_1_0_closes_unless_asked_to_stay(port, feed):
    with RawConnection(port, timeout=LONG_AGO) as client:
        feed(client, b"GET /health/liveliness HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        assert client.read_response().body == ALIVE
        feed(client, b"GET /health/liveliness HTTP/1.0\r\n\r\n")
        assert client.read_response().body == ALIVE
        assert client.read_to_end() == b""


def test_http_1_0_gets_a_stream_without_chunks(gateway):
    body = json.dumps({"model": "chat", "stream": True, "messages": [{"role": "user", "content": "a b"}]})
    with gateway.open(timeout=LONG_AGO) as client:
        client.send(f"POST /v1/chat/completions HTTP/1.0\r\nAuthorization: Bearer {gateway.key}\r\n"
                    f"Content-Length: {len(body)}\r\n\r\n{body}".encode())
        answer = client.read_response()
        assert answer.status == 200 and answer.header("transfer-encoding") is None
        assert answer.events[-1] == "[DONE]"


def test_a_client_that_waits_is_told_to_continue(gateway):
    body = json.dumps({"model": "chat", "messages": [{"role": "user", "content": "hello there"}]}).encode()
    head = f"Authorization: Bearer {gateway.key}\r\nExpect: 100-continue\r\nContent-Length: {len(body)}\r\n"
    with gateway.open(timeout=LONG_AGO) as client:
        client.send(post(head))
        assert client.read_head().status == 100
        client.send(body)
        assert client.read_response().status == 200


def test_a_client_that_waits_is_not_told_to_send_too_much(port):
    with RawConnection(port, timeout=LONG_AGO) as client:
        client.send(post("Expect: 100-continue\r\nContent-Length: 200000000\r\n"))
        assert client.read_head().status == 413


def test_the_size_of_a_body_is_a_setting(start, provider):
    gateway = start({"general_settings": {"max_request_size_mb": 1}, "model_list": [
        {"model_name": "m", "litellm_params": {"model": "openai/m", "api_base": provider.url, "api_key": "sk-fake"}}]})
    assert gateway.chat("x" * 900_000, "m").status == 200
    assert gateway.chat("x" * 1_100_000, "m").status == 413
    with gateway.open(timeout=LONG_AGO) as client:  # announced by no length
        client.send(post(CHUNKED))
        for _ in range(40):
            client.send(b"8000\r\n" + b"x" * 0x8000 + b"\r\n")
        assert client.read_response().status == 413
    assert len(provider.calls()) == 1


@pytest.mark.parametrize("cut", [10, 40, 90, -1])
def test_a_client_that_leaves_in_the_middle_harms_nobody(port, cut):
    sent = post("Content-Length: 100\r\n", b'{"model": "chat", "messages"')
    for _ in range(20):
        with RawConnection(port) as client:
            client.send(sent[:cut])
    with RawConnection(port, timeout=LONG_AGO) as client:
        client.send(get(""))
        assert client.read_response().status == 200


# Slow clients. They would take long to wait for, so they run while the other tests do.

class SlowClient(threading.Thread):
    """Sends a request's head a few bytes a second; notes what came back and when."""

    def __init__(self, port: int):
        super().__init__(daemon=True)
        self._connection = RawConnection(port, timeout=1)
        self.status: int | None = None
        self.seconds: float | None = None

    def run(self) -> None:
        start = time.monotonic()
        for byte in get("A: " + "b" * 200):
            self._connection.send(bytes([byte]))
            try:
                self.status = self._connection.read_response().status
                break
            except TimeoutError:
                continue
            except Closed:
                break
        self.seconds = time.monotonic() - start


@pytest.fixture(scope="session")
def slow_client(shared_gateway) -> SlowClient:
    client = SlowClient(shared_gateway.port)
    client.start()
    return client


@pytest.mark.usefixtures("slow_client")
def test_slow_clients_do_not_delay_others(port):
    start = time.monotonic()
    with RawConnection(port, timeout=LONG_AGO) as client:
        client.send(get(""))
        assert client.read_response().status == 200
    assert time.monotonic() - start < 1


# Compared with llhttp: what the parser of Node refuses in its strict mode, we refuse.

BASES = [get("A: b\r\nConnection: close\r\n"), get("Content-Length: 3\r\nConnection: close\r\n", b"abc"),
         get(CHUNKED + "Connection: close\r\n", b"3\r\nabc\r\n0\r\n\r\n")]


def mutations(base: bytes) -> list[bytes]:
    """The base with one byte left out, put in or replaced, at every place."""
    made = set()
    for i in range(len(base)):
        made.add(base[:i] + base[i + 1:])
        for byte in (b"\r", b"\n", b"\0", b" ", b"\t", b":", b",", b"0", b"\x80"):
            made.add(base[:i] + byte + base[i:])
            made.add(base[:i] + byte + base[i + 1:])
    return sorted(made)


def messages_for_llhttp(data: bytes) -> int:
    """How many whole requests llhttp finds before it refuses the rest, if it does."""
    class Messages:
        complete = 0

        def on_message_complete(self):
            self.complete += 1

    messages = Messages()
    with contextlib.suppress(httptools.HttpParserError, httptools.HttpParserUpgrade):
        httptools.HttpRequestParser(messages).feed_data(data)
    return messages.complete


@pytest.mark.parametrize("base", BASES, ids=["bare", "length", "chunked"])
def test_what_llhttp_refuses_is_refused(port, base):
    assert messages_for_llhttp(base) == 1
    differing = []
    for data in mutations(base):
        with RawConnection(port, timeout=LONG_AGO) as client:
            client.send(data)
            client.shut_down_sending()
            answers = client.read_to_end()
        # Fewer than llhttp is fine: we are the stricter one.
        if answers.count(b"HTTP/1.1 200 OK\r\n") > messages_for_llhttp(data):
            differing.append(data)
    assert differing == []


def test_slow_heads_are_bounded(slow_client):
    slow_client.join(30)
    assert slow_client.seconds is not None and slow_client.seconds < 25
    assert slow_client.status in (408, None)
