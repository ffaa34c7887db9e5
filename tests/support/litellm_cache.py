"""The real LiteLLM beside the gateway, on one Redis: what runs it, and what both are asked."""

import dataclasses
import hashlib
import json
import os
import pathlib
import subprocess
import sys

import gateway_process
from raw_http import Response

REQUIREMENTS = gateway_process.REPOSITORY / "tests/e2e/requirements-litellm.txt"
TOOL = {"type": "function", "function": {
    "name": "look", "description": "Looks \"it\" up; that's all.", "strict": True,
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}, "far": {"type": ["number", "null"]}},
                   "required": ["city"], "additionalProperties": False}}}
SCHEMA = {"type": "json_schema", "json_schema": {"name": "place", "strict": True, "schema": {
    "type": "object", "properties": {"name": {"type": "string"}, "population": {"type": "integer"}},
    "required": ["name", "population"], "additionalProperties": False}}}
PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


def litellm_binary() -> str:
    """LITELLM_BINARY, else that of a venv of our own: made once, and anew when the list of packages changes."""
    if given := os.environ.get("LITELLM_BINARY"):
        return given
    wanted = REQUIREMENTS.read_bytes()
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "sluice-tests"
    venv = cache / f"litellm-{hashlib.sha256(wanted).hexdigest()[:12]}"
    if not (venv / "installed").exists():
        _run(sys.executable, "-m", "venv", "--clear", venv)
        _run(venv / "bin/pip", "install", "-q", "--no-deps", "-r", REQUIREMENTS)
        (venv / "installed").touch()
    return str(venv / "bin/litellm")


def _run(*command) -> None:
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    assert result.returncode == 0, f"{command}:\n{result.stdout}{result.stderr}"


@dataclasses.dataclass(frozen=True)
class Kind:
    """A request; TEXT in its body becomes a question that nobody has asked yet."""
    name: str
    body: dict | str  # text: sent as it is written
    path: str = "/v1/chat/completions"
    namespace: bool = False  # asked of gateways whose configuration has a namespace

    @property
    def entries(self) -> int:
        """How many answers are stored."""
        return len(self.body["input"]) if "embeddings" in self.path else 1

    def body_about(self, text: str) -> bytes:
        body = self.body if isinstance(self.body, str) else json.dumps(self.body)
        return body.replace("TEXT", text).encode()


def chat(name: str, content="TEXT", namespace: bool = False, **more) -> Kind:
    return Kind(name, {"model": "chat", "messages": [{"role": "user", "content": content}], **more},
                namespace=namespace)


KINDS = [
    chat("plain"),
    chat("parameters", temperature=0, max_tokens=16, top_p=1, seed=7, user="it's", stop=["a", "\n"], n=2,
         presence_penalty=-1, logit_bias={"50256": -100}, parallel_tool_calls=None, response_format={"type": "text"}),
    Kind("floats", '{"model": "chat", "messages": [{"role": "user", "content": "TEXT"}], "temperature": 0.1, '
                   '"top_p": 1.0, "presence_penalty": 1e-5, "frequency_penalty": -0.0, '
                   '"logit_bias": {"1": 1e16, "2": 1E5, "3": 0.30000000000000004, "4": 123456789012345678901}}'),
    chat("letters", "TEXT caf\u00e9 \u4f60\u597d \U0001f600 e\u0301 \u200b \u00a0 \u00ad \ufeff"),
    chat("quotes", "TEXT it's \"x\" \\ \n\t\r \x7f {'a': None}", user="it's", stop=['"', "'"]),
    Kind("several messages", {"model": "chat", "messages": [
        {"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello", "name": "ann"},
        {"role": "assistant", "content": None, "tool_calls": [
            {"id": "c1", "type": "function", "function": {"name": "look", "arguments": "{\"city\": \"Rom\"}"}}]},
        {"role": "tool", "tool_call_id": "c1", "content": "sunny"}, {"role": "user", "content": "TEXT"}]}),
    chat("content parts", [{"type": "text", "text": "TEXT"},
                           {"type": "image_url", "image_url": {"url": PIXEL, "detail": "low"}}]),
    chat("tools", "!tools TEXT", tools=[TOOL], tool_choice="auto", parallel_tool_calls=False),
    chat("a schema", response_format=SCHEMA),
    chat("a stream", stream=True),
    chat("a stream with usage", stream=True, stream_options={"include_usage": True}),
    chat("a stream of a tool's arguments", "!tools TEXT", stream=True, tools=[TOOL]),
    chat("the request's namespace", cache={"namespace": "team one"}),
    chat("the configuration's namespace", namespace=True),
    chat("both namespaces", namespace=True, cache={"namespace": "team"}),
    chat("a deployment's defaults", model="tuned", temperature=0.7, user="u"),
    Kind("embeddings of one item", {"model": "embed", "input": ["TEXT"], "dimensions": 8}, "/v1/embeddings"),
    Kind("embeddings of many items", {"model": "embed", "input": ["TEXT a", "TEXT it's", "TEXT \u00e9\n"]},
         "/v1/embeddings"),
    Kind("embeddings in base64", {"model": "embed", "input": ["TEXT"], "encoding_format": "base64"},
         "/v1/embeddings"),
    Kind("a text completion", {"model": "instruct", "prompt": "TEXT", "max_tokens": 5}, "/v1/completions"),
    Kind("a text completion's stream", {"model": "instruct", "prompt": "TEXT", "stream": True}, "/v1/completions"),
]


def told(answer: Response) -> dict:
    """What an answer says, in the same form for all: whole or as a stream, from a provider or from a store."""
    if answer.events:
        return _told_by_events(answer.events)
    body = answer.json
    if "data" in body:
        return {"vectors": [item["embedding"] for item in sorted(body["data"], key=lambda item: item["index"])]}
    choices = [{"text": choice.get("text", choice.get("message", {}).get("content")),
                "calls": (choice.get("message") or {}).get("tool_calls") or [],
                "finish": choice["finish_reason"]} for choice in body["choices"]]
    return {"id": body["id"], "choices": choices, "tokens": body["usage"]["total_tokens"]}


def _told_by_events(events: list[str]) -> dict:
    text, calls, finish = "", {}, None
    assert events[-1] == "[DONE]", events
    chunks = [json.loads(event) for event in events[:-1]]
    for choice in [choice for chunk in chunks for choice in chunk["choices"]]:
        delta = choice.get("delta", choice)
        text += delta.get("content") or delta.get("text") or ""
        finish = choice.get("finish_reason") or finish
        for part in delta.get("tool_calls") or []:
            call = calls.setdefault(part["index"], {"id": "", "name": "", "arguments": ""})
            call["id"] = part.get("id") or call["id"]
            for name in ("name", "arguments"):
                call[name] += part["function"].get(name) or ""
    return {"ids": {chunk["id"] for chunk in chunks}, "text": text, "calls": calls, "finish": finish}
