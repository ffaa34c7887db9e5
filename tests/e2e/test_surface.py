"""What surrounds the models: who may ask, what is listed, health, metrics, browsers, wrong paths."""

import json
import re

import pytest

from conftest import MASTER_KEY
from raw_http import ask

CHAT = {"model": "chat", "messages": [{"role": "user", "content": "hello there"}]}


@pytest.mark.smoke
@pytest.mark.parametrize("headers", [
    {"Authorization": f"Bearer {MASTER_KEY}"}, {"Authorization": f"bearer {MASTER_KEY}"},
    {"Authorization": f"Basic {MASTER_KEY}"}, {"api-key": MASTER_KEY}, {"x-api-key": MASTER_KEY},
    {"x-litellm-api-key": MASTER_KEY}, {"x-litellm-api-key": MASTER_KEY, "Authorization": "Bearer other"},
])
def test_a_key_is_accepted_in_each_of_its_headers(gateway, headers):
    assert ask(gateway.port, "POST", "/v1/chat/completions", headers, CHAT).status == 200


@pytest.mark.smoke
@pytest.mark.parametrize("headers, status, kind, message", [
    ({}, 401, "auth_error", "Authentication Error, No api key passed in."),
    ({"Authorization": "sk-x"}, 401, "auth_error", "Authentication Error, Malformed API Key passed in. "
     "Ensure Key has `Bearer ` prefix. Passed in: sk-x"),
    ({"Authorization": "Bearer abc"}, 401, "auth_error", "Authentication Error, LiteLLM Virtual Key expected. "
     "Received=abc, expected to start with 'sk-'."),
    ({"Authorization": "Bearer sk-wrong"}, 400, "no_db_connection", "No connected db."),
    ({"Authorization": f"Bearer {MASTER_KEY}x"}, 400, "no_db_connection", "No connected db."),
    ({"Authorization": f"Bearer {MASTER_KEY[:-1]}"}, 400, "no_db_connection", "No connected db."),
])
@pytest.mark.parametrize("method, path", [("POST", "/v1/chat/completions"), ("GET", "/v1/models")])
def test_other_keys_are_refused(gateway, provider, method, path, headers, status, kind, message):
    answer = ask(gateway.port, method, path, headers, CHAT if method == "POST" else None)
    assert answer.status == status
    assert (answer.json["error"]["type"], answer.json["error"]["message"]) == (kind, message)
    assert provider.calls() == []


def test_without_a_master_key_everybody_may_ask(start, provider):
    gateway = start({"model_list": [{"model_name": "open", "litellm_params": {
        "model": "openai/gpt-open", "api_base": provider.url, "api_key": "sk-fake"}}]})
    assert gateway.key == ""
    assert gateway.chat("hello there", "open").status == 200
    assert gateway.chat("hello there", "open", headers={"Authorization": "Bearer anything"}).status == 200


def test_the_clients_key_never_reaches_the_provider(gateway, provider):
    gateway.chat("hello there", headers={"x-api-key": MASTER_KEY, "Cookie": "c=1", "x-other": "y"})
    [call] = provider.calls()
    sent = {name.lower(): value for name, value in call.headers}
    assert MASTER_KEY not in str(sent) and "cookie" not in sent and "x-other" not in sent


@pytest.mark.smoke
@pytest.mark.parametrize("path", ["/v1/models", "/models"])
def test_models_are_listed_without_hidden_aliases(gateway, path):
    models = gateway.ask("GET", path).json
    listed = [model["id"] for model in models["data"]]
    assert models["object"] == "list" and len(listed) == len(set(listed))
    assert {"chat", "embed", "instruct", "fragile", "backup", "pair", "quick", "claude", "nickname"} <= set(listed)
    assert "secret-name" not in listed
    assert all(model["object"] == "model" and model["created"] == 1677610602 for model in models["data"])


@pytest.mark.parametrize("path", ["/health/liveliness", "/health/liveness"])
def test_liveliness_needs_no_key_and_no_provider(gateway, provider, path):
    answer = ask(gateway.port, "GET", path)
    assert (answer.status, answer.body) == (200, b'"I\'m alive!"')
    assert provider.calls() == []


def test_readiness(gateway):
    answer = ask(gateway.port, "GET", "/health/readiness")
    assert answer.status == 200 and answer.json["status"] in ("healthy", "connected")


@pytest.mark.smoke
def test_health_needs_a_key_and_counts_the_deployments(gateway):
    assert ask(gateway.port, "GET", "/health").status == 401
    health = gateway.ask("GET", "/health").json
    assert health["healthy_count"] == len(health["healthy_endpoints"])
    assert health["healthy_count"] + health["unhealthy_count"] >= 9
    assert "sk-fake" not in str(health)


@pytest.mark.smoke
@pytest.mark.sluice_only("sells them")
def test_metrics_count_requests(gateway):
    gateway.chat("hello there")
    gateway.chat("!status 400", num_retries=0)
    text = ask(gateway.port, "GET", "/metrics")
    assert text.status == 200 and text.header("content-type").startswith("text/plain")
    lines = text.body.decode().splitlines()
    assert any(re.match(r'litellm_proxy_total_requests_metric_total\{.*requested_model="chat".*\} [1-9]', line)
               for line in lines)
    for line in lines:  # the text format: comments, or name{labels} value
        assert re.fullmatch(r'#.*|[a-zA-Z_:][\w:]*(\{.*\})? [-+.\deE]+|[a-zA-Z_:][\w:]*(\{.*\})? (\+Inf|NaN)|', line)


@pytest.mark.parametrize("path, status, body", [
    ("/nope", 404, {"detail": "Not Found"}), ("/v1", 404, {"detail": "Not Found"}),
    ("/v1/chat/completions/x", 404, {"detail": "Not Found"}),
    ("/v1/chat/completions", 405, {"detail": "Method Not Allowed"}),
])
def test_wrong_paths_and_methods(gateway, path, status, body):
    answer = gateway.ask("GET", path)
    assert (answer.status, answer.json) == (status, body)
    assert (answer.header("allow") == "POST") == (status == 405)


def test_a_head_request_gets_a_head(gateway):
    with gateway.open() as client:
        client.send(b"HEAD /health/liveliness HTTP/1.1\r\nHost: x\r\n\r\n")
        head = client.read_response(head_only=True)
        assert head.status in (200, 405)
        client.send(b"GET /health/liveliness HTTP/1.1\r\nHost: x\r\n\r\n")
        assert client.read_response().body == b'"I\'m alive!"'


class TestBrowsers:
    ORIGIN = {"Origin": "https://app.example"}

    def test_a_preflight_is_answered_without_a_key(self, gateway):
        answer = ask(gateway.port, "OPTIONS", "/v1/chat/completions", {
            **self.ORIGIN, "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type"})
        assert answer.status == 200
        assert answer.header("access-control-allow-origin") in ("*", "https://app.example")
        assert "POST" in answer.header("access-control-allow-methods")
        allowed = answer.header("access-control-allow-headers").lower()
        assert allowed == "*" or {"authorization", "content-type"} <= set(allowed.replace(" ", "").split(","))

    @pytest.mark.parametrize("stream", [False, True])
    def test_answers_may_be_read_by_any_page(self, gateway, stream):
        answer = gateway.chat("hello there", headers=self.ORIGIN, stream=stream)
        assert answer.header("access-control-allow-origin") in ("*", "https://app.example")

    def test_errors_too(self, gateway):
        answer = ask(gateway.port, "POST", "/v1/chat/completions", self.ORIGIN, CHAT)
        assert answer.status == 401 and answer.header("access-control-allow-origin")


class TestBadBodies:
    """The gateway's own answers to bodies that no provider should see."""

    def post(self, gateway, body: bytes, path: str = "/v1/chat/completions"):
        return gateway.ask("POST", path, {"Content-Type": "application/json"}, body=body)

    def error(self, answer) -> dict:
        assert answer.status == 400, answer.body
        error = answer.json["error"]
        assert error["type"] == "invalid_request_error" and error["code"] == "400"
        return error

    @pytest.mark.sluice_only("takes it for an empty object")
    @pytest.mark.parametrize("body", [
        b"{", b'{"model": "chat", ', b"nonsense", b"{'model': 'chat'}", b'{"model": "chat"} x', b'{"a": NaN}',
        b'{"a": Infinity}', b'{"a": 01}', b'{"a": "\\ud800"}', b'{"a": "\xff"}', b'{"a": "\n"}', b'{"a": "\\x"}',
        b'{"a": tru}', b"[" * 100_000, b'{"a":' * 100_000, b"\xef\xbb\xbf{}", b"\x00"])
    def test_what_is_not_json_is_refused_with_its_place(self, gateway, provider, body):
        error = self.error(self.post(gateway, body))
        assert error["message"].startswith("Invalid JSON payload: ") and error["param"] == "request_body"
        assert re.search(r"(byte|offset|line|column|depth|nested|empty)", error["message"])
        assert provider.calls() == []

    @pytest.mark.sluice_only("answers with Python's own errors")
    @pytest.mark.parametrize("path, body, param", [
        ("/v1/chat/completions", [], "request_body"), ("/v1/chat/completions", 1, "request_body"),
        ("/v1/chat/completions", {"model": "chat"}, "messages"),
        ("/v1/chat/completions", {"model": "chat", "messages": "hi"}, "messages"),
        ("/v1/chat/completions", {"model": "chat", "messages": None}, "messages"),
        ("/v1/chat/completions", {"model": 5, "messages": []}, "model"),
        ("/v1/chat/completions", {**CHAT, "stream": "yes"}, "stream"),
        ("/v1/chat/completions", {**CHAT, "num_retries": "many"}, "num_retries"),
        ("/v1/chat/completions", {**CHAT, "timeout": -1}, "timeout"),
        ("/v1/completions", {"model": "instruct"}, "prompt"),
        ("/v1/embeddings", {"model": "embed"}, "input"),
    ])
    def test_a_wrong_field_is_named(self, gateway, provider, path, body, param):
        error = self.error(self.post(gateway, json.dumps(body).encode(), path))
        assert error["param"] == param
        assert provider.calls() == []

    def test_no_model_is_an_unknown_model(self, gateway, provider):
        answer = self.post(gateway, b'{"messages": []}')
        assert answer.status == 400 and provider.calls() == []
