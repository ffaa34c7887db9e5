"""Where Sluice answers otherwise than LiteLLM 1.68.0 did, on purpose. One line a case, with its reason.

Rules come first: they hold for every case that they fit. The table DIFFERENCES names single cases.
"""

import dataclasses
import json
import re
from collections.abc import Callable

import traces
from raw_http import Response
from traces import Case

ERROR_SHAPE = {"message", "type", "param", "code"}


@dataclasses.dataclass(frozen=True)
class Difference:
    reason: str
    status: int | None = None
    body: str | None = None                      # compared as the recorded one would be
    like: str | None = None                      # as this case was recorded, the same file or the other
    check: Callable[[Response], None] | None = None  # instead of comparing the body
    calls: int | None = None                     # provider calls, when their bodies are not the recorded ones
    always: bool = False                         # holds for LiteLLM too: the recording's fake provider differed


@dataclasses.dataclass
class Expectation:
    status: int
    body: str
    content_type: str
    headers: dict
    upstream: list | None                        # bodies; None: only counted
    calls: int
    request: dict
    check_body: Callable[[Response], None] | None = None

    def check(self, answer: Response, upstream: list) -> None:
        if self.check_body:
            assert answer.status == self.status, answer.body.decode()
            self.check_body(answer)
        else:
            traces.compare_answer(self.status, self.body, self.content_type, answer)
        for name in traces.COMPARED_HEADERS[1:]:
            assert name not in self.headers or answer.header(name) == self.headers[name]
        assert len(upstream) == self.calls
        if self.upstream is not None:
            assert [self._sent(body) for body in upstream] == [self._sent(body) for body in self.upstream]

    def _sent(self, body: dict) -> dict:
        """Without what a gateway may add by itself: usage for its own books, the Python SDK's encoding."""
        asked = self.request.get("json") or {}
        added = [name for name in ("stream_options", "encoding_format") if name not in asked]
        return traces.comparable({name: value for name, value in body.items() if name not in added})


# What the checks of the table are made of.

def whole_stream(answer: Response) -> None:
    assert answer.events[-1] == "[DONE]" and answer.header("x-sluice-cache") == "exact"


def embeds_both(answer: Response) -> None:
    assert [item["index"] for item in answer.json["data"]] == [0, 1]


def healthy_cache(answer: Response) -> None:
    assert answer.json["status"] == "healthy" and answer.json["cache_type"] == "redis"
    assert "pw" not in answer.body.decode()


def succeeded(answer: Response) -> None:
    assert answer.json["status"] == "success"


def no_cache(answer: Response) -> None:
    assert "cache" in answer.json["error"]["message"].lower()


def error_about(param: str, *words: str) -> Callable[[Response], None]:
    """Sluice's own error for a bad request: names the field, in OpenAI's shape."""
    def check(answer: Response) -> None:
        error = answer.json["error"]
        assert set(error) == ERROR_SHAPE and error["type"] == "invalid_request_error"
        assert (error["param"], error["code"]) == (param, "400")
        assert all(word in error["message"] for word in words), error["message"]
    return check


def invalid_json(answer: Response) -> None:
    error_about("request_body", "Invalid JSON payload: ")(answer)
    assert re.search(r"(byte|line|offset|column) \d+", answer.json["error"]["message"])


def provider_error(kind: str, code: str) -> Callable[[Response], None]:
    def check(answer: Response) -> None:
        error = answer.json["error"]
        assert set(error) == ERROR_SHAPE and error["code"] == code
        assert error["message"].startswith(f"litellm.{kind}: "), error["message"]
    return check


def an_answer_to(text: str) -> Callable[[Response], None]:
    def check(answer: Response) -> None:
        assert answer.json["choices"][0]["message"]["content"].endswith(f"to: {text}")
    return check


def structured_answer(answer: Response) -> None:
    assert json.loads(answer.json["choices"][0]["message"]["content"]) == {"a": 1}


def long_answer(answer: Response) -> None:
    assert len(answer.json["choices"][0]["message"]["content"]) > 20_000


def one_vector(answer: Response) -> None:
    assert len(answer.json["data"]) == 1


def all_healthy(answer: Response) -> None:
    health = answer.json
    assert (health["healthy_count"], health["unhealthy_count"], health["unhealthy_endpoints"]) == (4, 0, [])
    assert {endpoint["model"] for endpoint in health["healthy_endpoints"]} == {
        "gpt-3.5-turbo", "gpt-4o-mini", "text-embedding-3-small", "text-completion-openai/gpt-3.5-turbo-instruct"}


def ready(answer: Response) -> None:
    assert answer.json["status"] == "healthy" and answer.json["db"] == "Not connected"
    assert answer.json["litellm_version"] == "1.68.0"


def same_but_for(recorded: str, *names: str) -> Callable[[Response], None]:
    """The recorded case's models, except for these fields of each."""
    def without(value):
        if isinstance(value, dict):
            return {name: without(part) for name, part in value.items() if name not in names}
        return [without(part) for part in value] if isinstance(value, list) else value

    def check(answer: Response) -> None:
        body = next(case.body for case in traces.load_cases() if case.id == recorded)
        assert without(traces.comparable_json(answer.body.decode())) == without(traces.comparable_json(body))
    return check


def metrics(answer: Response) -> None:
    assert answer.header("content-type").startswith("text/plain") and b"# TYPE " in answer.body


NOT_FOUND = {"status": 404, "body": '{"detail":"Not Found"}', "calls": 0}
COOLDOWN = "one 401 does not put the only deployment to rest, so the request is served"
DIFFERENCES = {
    # Bad requests: 400, and the message says where.
    "redis: malformed json": Difference("says where it breaks, not that the model is None", 400, check=invalid_json),
    "redis: json array": Difference("400, not a 401 about Python", 400, check=error_about("request_body", "object")),
    "redis: no messages": Difference("400 names the field", 400, check=error_about("messages", "messages")),
    "redis: messages is a string": Difference("400 names the field", 400, check=error_about("messages", "messages")),
    "master: NaN": Difference("NaN is not JSON; no provider is asked", 400, check=invalid_json),
    "master: invalid utf-8 escape": Difference("a lone surrogate is not text", 400, check=invalid_json),
    "redis: cache null": Difference("null is as if absent", 200, check=an_answer_to("null cache"), calls=1),
    # One 401 does not stop the group.
    "redis: upstream 404": Difference(COOLDOWN, like="master: upstream 404, no retries"),
    "redis: upstream 422": Difference(COOLDOWN, like="master: upstream 422, no retries"),
    "redis: upstream 500": Difference(COOLDOWN, like="master: upstream 500, no retries"),
    "redis: upstream 503": Difference(COOLDOWN, like="master: upstream 503, no retries"),
    "redis: upstream 429": Difference(COOLDOWN, like="master: upstream 429, no retries", calls=1),
    "redis: stream upstream 500": Difference(COOLDOWN, like="master: stream, upstream 500"),
    "redis: timeout": Difference(COOLDOWN, like="master: timeout 1 s"),
    "redis: stream cut after 3": Difference(COOLDOWN, like="master: stream cut after 3"),
    "redis: mock_response": Difference(COOLDOWN, like="master: mock_response"),
    # The cache.
    "redis: stream: hit": Difference("an entry does not know its deployment", check=whole_stream),
    "redis: tools stream: hit": Difference("an entry does not know its deployment", check=whole_stream),
    "redis: stream with usage: hit": Difference("tells the usage as the provider did", check=whole_stream),
    "redis: mock rate limit": Difference("what a request makes up is no hit", like="master: mock rate limit"),
    "redis: embedding ['hello', 'world']": Difference("the usage is what was used", 200, check=embeds_both),
    "redis: embedding ['hello', 'again']": Difference("the usage is what was used", 200, check=embeds_both),
    "redis: GET /cache/ping": Difference("shows no password", check=healthy_cache),
    "redis: cache delete": Difference("says how many there were", check=succeeded),
    "master: cache ping without a cache": Difference("says what to set", 503, check=no_cache),
    # Streams that break.
    "master: stream cut after 0": Difference("nothing reached the client yet, so it gets a plain error", 500,
                                     check=provider_error("APIConnectionError", "500"), calls=1),
    # Texts.
    "master: mock context window": Difference("names no page of LiteLLM's documentation", 400,
                                              check=provider_error("ContextWindowExceededError", "400")),
    "master: no connection: upstream down": Difference("says which address, and why", 500,
                                                       check=provider_error("APIConnectionError", "500")),
    # The recording's provider.
    "redis: response_format": Difference("answers by the schema", 200, check=structured_answer, always=True),
    "redis: embedding [1, 2, 3]": Difference("a list of tokens is one input", 200, check=one_vector, always=True),
    "master: very long": Difference("the recording leaves the text out", 200, check=long_answer, always=True),
    # Health and metrics.
    "redis: GET /health": Difference("its own probes, without LiteLLM's internal fields", check=all_healthy, calls=4),
    "redis: GET /health/readiness": Difference("lists no Python callbacks", check=ready),
    "redis: GET /metrics": Difference("LiteLLM sells them", 200, check=metrics),
    # Lists of models.
    "redis: GET /model/info": Difference("knows more of what a model can do", check=same_but_for(
        "redis: GET /model/info", "supports_parallel_function_calling", "supported_openai_params")),
    "redis: GET /v1/model/info": Difference("knows more of what a model can do", check=same_but_for(
        "redis: GET /v1/model/info", "supports_parallel_function_calling", "supported_openai_params")),
    "redis: GET /model_group/info": Difference("knows more of what a model can do", check=same_but_for(
        "redis: GET /model_group/info", "supports_parallel_function_calling", "supported_openai_params")),
    # Not there yet.
    "master: moderations": Difference("there are no moderations yet", **NOT_FOUND),
    "master: messages to openai": Difference("there is no /v1/messages yet", **NOT_FOUND),
    "master: responses to openai": Difference("there is no /v1/responses yet", **NOT_FOUND),
    "redis: token counter": Difference("there is no token counter yet", **NOT_FOUND),
}


def expectation(case: Case, cases: list[Case], kind: str) -> Expectation:
    difference = DIFFERENCES.get(case.id)
    if kind == "litellm":
        return _as_recorded(case) if not (difference and difference.always) else _different(case, cases, difference)
    return _different(case, cases, difference) if difference else _by_rules(case, cases)


def _as_recorded(case: Case) -> Expectation:
    bodies = case.upstream_bodies
    if case.name == "GET /health":  # LiteLLM probes with texts that it picks at random
        return Expectation(case.status, case.body, case.headers["content-type"], {}, None, len(bodies), case.request)
    return Expectation(case.status, case.body, case.headers.get("content-type", ""), case.headers, bodies, len(bodies),
                       case.request)


def _different(case: Case, cases: list[Case], difference: Difference) -> Expectation:
    twin = next(other for other in cases if other.id == difference.like) if difference.like else case
    expected = dataclasses.replace(_by_rules(twin, cases), request=case.request)
    if difference.like:  # the other recording has other deployments, and maybe another text
        expected.upstream, expected.headers = None, {}
    expected.status = difference.status or expected.status
    expected.body = difference.body if difference.body is not None else expected.body
    if difference.check:
        expected.check_body, expected.headers = difference.check, {}
    if difference.calls is not None:
        expected.upstream, expected.calls = None, difference.calls
    return expected


def _by_rules(case: Case, cases: list[Case]) -> Expectation:
    expected = _as_recorded(case)
    expected.body = _said_once(expected.body)
    if case.status in (400, 404) and len(expected.upstream) > 1:
        # Asking again cannot help a request that the provider calls wrong.
        expected.upstream, expected.calls = expected.upstream[:1], 1
    return expected


def _said_once(body: str) -> str:
    """LiteLLM repeats an error after a sentence about fallbacks that nobody configured for the group."""
    body = re.sub(r"No fallback model group found for original model_group=.*?Fallbacks=\[\{.*?\}\]", "", body)
    body = re.sub(r"\\nError doing the fallback: .*?(?=\",\"type\")", "", body)
    return re.sub(r",? LiteLLM (Retried|Max Retries): \d+( times)?", "", body)
