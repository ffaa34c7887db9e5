"""The recorded cases in tests/golden/litellm, and what is compared between a recording and an answer."""

import dataclasses
import json
import pathlib
import re

from raw_http import Response

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "golden" / "litellm"
RECORDINGS = ("proxy-with-redis-cache", "proxy-with-master-key-and-faults")
LONG_TEXT = "<20,000 times x>"  # what the recording holds in the place of that text
COMPARED_HEADERS = ("content-type", "allow", "access-control-allow-origin", "access-control-allow-methods",
                    "access-control-allow-credentials", "access-control-max-age", "x-litellm-model-id",
                    "x-litellm-model-group", "x-litellm-attempted-fallbacks")


@dataclasses.dataclass(frozen=True)
class Case:
    recording: str
    name: str
    request: dict
    status: int
    headers: dict
    body: str
    upstream: list[dict]

    @property
    def id(self) -> str:
        """"redis: NAME" or "master: NAME"."""
        return f"{self.recording.split('-')[2]}: {self.name}"

    @property
    def method(self) -> str:
        return self.request.get("method", "POST")

    @property
    def request_body(self) -> bytes:
        if "raw" in self.request:
            return self.request["raw"].encode()
        text = json.dumps(self.request["json"]) if "json" in self.request else ""
        return text.replace(LONG_TEXT, "x" * 20000).encode()

    @property
    def upstream_bodies(self) -> list:
        if LONG_TEXT in json.dumps(self.request):
            return [json.loads(self.request_body)]  # recorded as "the same body"
        return [json.loads(call["body"]) for call in self.upstream]

    @property
    def is_stream(self) -> bool:
        return self.headers.get("content-type", "").startswith("text/event-stream")


def load_cases() -> list[Case]:
    cases = []
    for recording in RECORDINGS:
        for line in (FOLDER / f"{recording}.jsonl").read_text().splitlines():
            found = json.loads(line)
            response = found["response"]
            cases.append(Case(recording, found["case"], found["request"], response["status"], response["headers"],
                              response["body"], found["upstream"]))
    return cases


def config_of(recording: str) -> str:
    return (FOLDER / f"{recording}.yml").read_text()


# What is never compared: identities, ports and times, the number in "Answer N", nulls.

def comparable(value):
    if isinstance(value, dict):
        return {name: comparable(part) for name, part in value.items()
                if part is not None and name not in ("id", "created", "port")
                and (name, part) != ("completion_tokens", 0)}  # which LiteLLM adds to embeddings
    if isinstance(value, list):
        return [comparable(part) for part in value]
    return comparable_text(value) if isinstance(value, str) else value


def comparable_text(text: str) -> str:
    for pattern in (r"Answer \d+", r"time taken=[\d.]+", r"'timestamp': [\d.]+"):
        text = re.sub(pattern, lambda found: re.sub(r"[\d.]+", "N", found[0]), text)
    return re.sub(r'Traceback .*\\\\n(?=\\")', "<traceback>", text)


def comparable_json(text: str):
    found = comparable(json.loads(text))
    if isinstance(found, dict) and isinstance(found.get("data"), list):
        if not any("index" in item for item in found["data"]):  # LiteLLM lists models in any order
            found["data"].sort(key=json.dumps)
    return found


@dataclasses.dataclass
class StreamFacts:
    """What a client gets from a stream, however its chunks are cut and decorated."""
    content: str
    tools: list
    finish: list
    usage: dict | None
    error: bool
    done: bool


def stream_facts(body: str) -> StreamFacts:
    facts = StreamFacts("", [], [], None, False, False)
    for event in [line[6:] for line in body.split("\n") if line.startswith("data: ")]:
        if event == "[DONE]":
            facts.done = True
            continue
        chunk = json.loads(event)
        facts.error |= "error" in chunk
        facts.usage = comparable(chunk.get("usage")) or facts.usage
        for choice in chunk.get("choices", []):
            facts.content += choice["delta"].get("content") or ""
            facts.finish += [choice["finish_reason"]] if choice.get("finish_reason") else []
            for call in choice["delta"].get("tool_calls") or []:
                _add_tool(facts.tools, call)
    facts.content = comparable(facts.content)
    return facts


def _add_tool(tools: list, call: dict) -> None:
    while len(tools) <= call["index"]:
        tools.append({"id": None, "name": "", "arguments": ""})
    tool = tools[call["index"]]
    tool["id"] = call.get("id") or tool["id"]
    for part in ("name", "arguments"):
        tool[part] += call["function"].get(part) or ""


def compare_answer(expected_status: int, expected_body: str, expected_type: str, answer: Response) -> None:
    assert answer.status == expected_status, answer.body.decode()
    body = answer.body.decode()
    assert (answer.header("content-type") or "").partition(";")[0] == expected_type.partition(";")[0]
    if expected_type.startswith("text/event-stream"):
        assert stream_facts(body) == stream_facts(expected_body)
    elif expected_status >= 400:
        assert comparable_text(body) == comparable_text(expected_body)
    elif expected_type.startswith("application/json"):
        assert comparable_json(body) == comparable_json(expected_body)
    elif not expected_body.startswith("<"):
        assert body == expected_body
