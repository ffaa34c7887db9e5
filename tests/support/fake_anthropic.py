"""Anthropic's /v1/messages, as the fake provider answers it: pure functions from a request to JSON."""

import json

from fake_commands import Commands
from fake_http import json_bytes
from fake_openai import Refused, Stream, many_words, split_words, sse
from fake_schema import example

ERROR_TYPES = {400: "invalid_request_error", 401: "authentication_error", 403: "permission_error",
               404: "not_found_error", 413: "request_too_large", 429: "rate_limit_error", 529: "overloaded_error"}


def error(status: int, message: str) -> dict:
    kind = ERROR_TYPES.get(status, "api_error" if status >= 500 else "invalid_request_error")
    return {"type": "error", "error": {"type": kind, "message": message}}


def check_messages(body: dict) -> None:
    for name in ("model", "max_tokens", "messages"):
        if name not in body:
            raise Refused(f"{name}: Field required")
    if any(message.get("role") not in ("user", "assistant") for message in body["messages"]):
        raise Refused("messages: the role must be user or assistant")


def usage(commands: Commands) -> dict:
    prompt, completion = commands.given.get("usage", [14, 8])
    return {"input_tokens": prompt, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0,
            "output_tokens": completion}


def _block(body: dict, text: str, number: int, commands: Commands) -> dict:
    if commands.has("words"):
        return {"type": "text", "text": many_words(commands)}
    if not commands.has("tools"):
        return {"type": "text", "text": f"Answer {number} to: {text}"}
    if not body.get("tools"):
        raise Refused("!tools needs the request to have tools.")
    tool = body["tools"][0]
    return {"type": "tool_use", "id": "toolu_1", "name": tool["name"], "input": example(tool["input_schema"])}


def messages(body: dict, text: str, number: int, commands: Commands, identity: str) -> dict:
    block = _block(body, text, number, commands)
    return {
        "id": "msg_" + identity, "type": "message", "role": "assistant", "model": body["model"],
        "content": [block], "stop_reason": _stop_reason(block), "stop_sequence": None, "usage": usage(commands),
    }


def messages_stream(body: dict, text: str, number: int, commands: Commands, identity: str) -> Stream:
    block = _block(body, text, number, commands)
    counts = usage(commands)
    start = {"id": "msg_" + identity, "type": "message", "role": "assistant", "model": body["model"], "content": [],
             "stop_reason": None, "stop_sequence": None, "usage": {**counts, "output_tokens": 1}}
    if block["type"] == "text":
        empty = {"type": "text", "text": ""}
        parts = [{"type": "text_delta", "text": word} for word in split_words(block["text"])]
    else:
        empty = {**block, "input": {}}
        whole = json.dumps(block["input"])
        parts = [{"type": "input_json_delta", "partial_json": whole[i:i + 5]} for i in range(0, len(whole), 5)]
    deltas = [_event("content_block_delta", {"index": 0, "delta": part}) for part in parts]
    opening = [_event("message_start", {"message": start}),
               _event("content_block_start", {"index": 0, "content_block": empty}), _event("ping", {})]
    deltas[0] = b"".join(opening) + deltas[0]
    tail = [_event("content_block_stop", {"index": 0}),
            _event("message_delta", {"delta": {"stop_reason": _stop_reason(block), "stop_sequence": None},
                                     "usage": {"output_tokens": counts["output_tokens"]}})]
    return Stream(deltas, tail, _event("message_stop", {}))


def _stop_reason(block: dict) -> str:
    return "tool_use" if block["type"] == "tool_use" else "end_turn"


def _event(kind: str, fields: dict) -> bytes:
    return sse(json_bytes({"type": kind, **fields}), kind)
