"""OpenAI's answers, as the fake provider gives them: pure functions from a request to JSON."""

import base64
import dataclasses
import hashlib
import json
import re
import secrets
import struct
import time

from fake_commands import Commands
from fake_http import json_bytes
from fake_schema import example

CHAT_PARAMETERS = set("""messages model audio frequency_penalty function_call functions logit_bias logprobs
max_completion_tokens max_tokens metadata modalities n parallel_tool_calls prediction presence_penalty
prompt_cache_key prompt_cache_retention reasoning_effort response_format safety_identifier seed service_tier
stop store stream stream_options temperature tool_choice tools top_logprobs top_p user verbosity
web_search_options""".split())
FINGERPRINT = "fp_129a36352a"
MODEL_DATE = "-2024-07-18"  # a provider answers with the dated name of the model it was asked for
DEFAULT_DIMENSIONS = 1536
MODELS = ["gpt-3.5-turbo", "gpt-4o", "gpt-4o-mini", "text-embedding-3-small"]


class Refused(Exception):
    """The request is wrong: an answer with status 400 and this text."""


@dataclasses.dataclass
class Stream:
    """A stream, cut where faults may strike: between its deltas."""
    deltas: list[bytes]  # one event or more each; the first also holds what comes before it
    tail: list[bytes]    # finish, usage
    done: bytes          # what says that the stream is whole


def new_id() -> str:
    """29 characters like OpenAI's; the last eight are also in x-request-id."""
    return secrets.token_hex(15)[:29]


def error(status: int, message: str, kind: str = "fake_error") -> dict:
    return {"error": {"message": message, "type": kind, "param": None, "code": None}}


def refusal(status: int, message: str) -> dict:
    return error(status, message, "invalid_request_error")


def check_chat(body: dict) -> None:
    for name in ("model", "messages"):
        if name not in body:
            raise Refused(f"Missing required parameter: '{name}'.")
    for name in body:
        if name not in CHAT_PARAMETERS:
            raise Refused(f"Unrecognized request argument supplied: {name}")
    if "stream_options" in body and not body.get("stream"):
        raise Refused("stream_options needs stream to be true.")


def last_user_text(messages: list) -> str:
    """The text of the last user message; of a list of content parts, the text parts."""
    for message in reversed(messages):
        if message.get("role") == "user":
            return content_text(message.get("content"))
    return ""


def content_text(content) -> str:
    if isinstance(content, list):
        return "".join(part.get("text", "") for part in content)
    return content or ""


def usage(commands: Commands, prompt: int = 14, completion: int = 8) -> dict:
    prompt, completion = commands.given.get("usage", [prompt, completion])
    return {
        "prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0,
                                      "accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0},
    }


def answer_text(body: dict, text: str, number: int, commands: Commands) -> str:
    if commands.has("words"):
        return many_words(commands)
    wanted = body.get("response_format") or {}
    if wanted.get("type") == "json_schema":
        return json.dumps(example(wanted["json_schema"]["schema"]))
    if wanted.get("type") == "json_object":
        return json.dumps({"answer": f"Answer {number} to: {text}"})
    return f"Answer {number} to: {text}"


def many_words(commands: Commands) -> str:
    return " ".join(f"word{i}" + "x" * commands.get("pad", 0) for i in range(commands.get("words")))


def tool_call(body: dict) -> dict:
    if not body.get("tools"):
        raise Refused("!tools needs the request to have tools.")
    function = body["tools"][0]["function"]
    arguments = json_bytes(example(function.get("parameters", {}))).decode()
    return {"id": "call_1", "type": "function", "function": {"name": function["name"], "arguments": arguments}}


def chat(body: dict, text: str, number: int, commands: Commands, identity: str) -> dict:
    message = {"role": "assistant", "content": None, "refusal": None, "annotations": []}
    if commands.has("tools"):
        message["tool_calls"] = [tool_call(body)]
    else:
        message["content"] = answer_text(body, text, number, commands)
    finish = "tool_calls" if commands.has("tools") else "stop"
    answer = {
        "id": "chatcmpl-" + identity, "object": "chat.completion", "created": int(time.time()),
        "model": body["model"] + MODEL_DATE,
        "choices": [{"index": i, "message": message, "logprobs": None, "finish_reason": finish}
                    for i in range(body.get("n") or 1)],
        "usage": usage(commands), "service_tier": "default", "system_fingerprint": FINGERPRINT,
    }
    if commands.has("nousage"):
        del answer["usage"]
    return answer


def sse(data: bytes, event: str = "") -> bytes:
    return (f"event: {event}\n".encode() if event else b"") + b"data: " + data + b"\n\n"


def chat_stream(body: dict, text: str, number: int, commands: Commands, identity: str) -> Stream:
    with_usage = bool((body.get("stream_options") or {}).get("include_usage")) and not commands.has("nousage")
    common = {"id": "chatcmpl-" + identity, "object": "chat.completion.chunk", "created": int(time.time()),
              "model": body["model"] + MODEL_DATE, "service_tier": "default", "system_fingerprint": FINGERPRINT}

    def event(index: int, delta: dict, finish: str | None = None) -> bytes:
        choice = {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish}
        # Asked for usage, OpenAI writes `usage: null` into every chunk but the last.
        return sse(json_bytes({**common, "choices": [choice], **({"usage": None} if with_usage else {})}))

    opening, deltas, finish = _chat_deltas(body, text, number, commands)
    choices = range(body.get("n") or 1)
    groups = [b"".join(event(i, delta) for i in choices) for delta in deltas]
    groups[0] = b"".join(event(i, opening) for i in choices) + groups[0]
    tail = [event(i, {}, finish) for i in choices]
    if with_usage:
        tail.append(sse(json_bytes({**common, "choices": [], "usage": usage(commands)})))
    return Stream(groups, tail, sse(b"[DONE]"))


def _chat_deltas(body: dict, text: str, number: int, commands: Commands) -> tuple[dict, list[dict], str]:
    if not commands.has("tools"):
        opening = {"role": "assistant", "content": "", "refusal": None}
        words = split_words(answer_text(body, text, number, commands))
        return opening, [{"content": word} for word in words], "stop"
    call = tool_call(body)
    arguments = call["function"]["arguments"]
    call["function"]["arguments"] = ""
    opening = {"role": "assistant", "content": None, "tool_calls": [{"index": 0, **call}], "refusal": None}
    pieces = [arguments[i:i + 5] for i in range(0, len(arguments), 5)]
    return opening, [{"tool_calls": [{"index": 0, "function": {"arguments": p}}]} for p in pieces], "tool_calls"


def split_words(text: str) -> list[str]:
    return re.findall(r"\s*\S+|\s+$", text) or [""]


def completion(body: dict, number: int, commands: Commands) -> dict:
    counts = usage(commands, 5, 2)
    return {
        "id": f"cmpl-{number}", "object": "text_completion", "created": int(time.time()), "model": body["model"],
        "choices": [{"text": f"Answer {number}", "index": 0, "logprobs": None, "finish_reason": "stop"}],
        "usage": {name: counts[name] for name in ("prompt_tokens", "completion_tokens", "total_tokens")},
    }


def completion_stream(body: dict, number: int, commands: Commands) -> Stream:
    common = {"id": f"cmpl-{number}", "object": "text_completion", "created": int(time.time()),
              "model": body["model"]}

    def event(text: str, finish: str | None = None) -> bytes:
        choice = {"text": text, "index": 0, "logprobs": None, "finish_reason": finish}
        return sse(json_bytes({**common, "choices": [choice]}))

    tail = [event("", "stop")]
    if (body.get("stream_options") or {}).get("include_usage"):
        tail.append(sse(json_bytes({**common, "choices": [], "usage": usage(commands, 5, 2)})))
    return Stream([event(word) for word in split_words(f"Answer {number}")], tail, sse(b"[DONE]"))


def embedding_inputs(body: dict) -> list[str]:
    """One text for each vector wanted: the input is a text, texts, tokens, or lists of tokens."""
    given = body.get("input")
    if isinstance(given, str):
        return [given]
    if not isinstance(given, list) or not given:
        raise Refused("'input' must be a text, a list of texts, tokens or lists of tokens.")
    if all(isinstance(item, int) for item in given):
        given = [given]
    return [item if isinstance(item, str) else " ".join(map(str, item)) for item in given]


def embeddings(body: dict, commands: Commands) -> dict:
    dimensions = commands.get("dimensions") or body.get("dimensions") or DEFAULT_DIMENSIONS
    vectors = [embed(text, dimensions) for text in embedding_inputs(body)]
    if body.get("encoding_format") == "base64":
        vectors = [base64.b64encode(struct.pack(f"<{dimensions}f", *vector)).decode() for vector in vectors]
    tokens = usage(commands, 7, 0)["prompt_tokens"]
    return {
        "object": "list",
        "data": [{"object": "embedding", "index": i, "embedding": vector} for i, vector in enumerate(vectors)],
        "model": body["model"], "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
    }


def embed(text: str, dimensions: int) -> list[float]:
    """Feature hashing of words and their trigrams: texts that share words come out near each other."""
    vector = [0.0] * dimensions
    for word in text.lower().split():
        for part in [word] + [word[i:i + 3] for i in range(len(word) - 2)]:
            digest = hashlib.md5(part.encode()).digest()
            vector[int.from_bytes(digest[:4], "little") % dimensions] += 1.0 if digest[4] & 1 else -1.0
    norm = sum(value * value for value in vector) ** 0.5
    return [value / norm for value in vector] if norm else vector


def models() -> dict:
    return {"object": "list", "data": [
        {"id": name, "object": "model", "created": 1715367049, "owned_by": "system"} for name in MODELS]}
