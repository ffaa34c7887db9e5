#!/usr/bin/env python3
"""Writes tests/golden/stream_answers.jsonl: streams as providers tell them, and the answers that LiteLLM 1.68.0 makes
of them when it puts them into its cache.

    python3 -m venv /tmp/litellm && /tmp/litellm/bin/pip install 'litellm[proxy]==1.68.0'
    /tmp/litellm/bin/python tests/support/make_stream_answers.py tests/golden/stream_answers.jsonl

LiteLLM reads each stream from a server in this process; then its own stream_chunk_builder puts the chunks together.
One JSON object a line: `name`, `endpoint`, `events` (the text of the stream), and `whole`, what LiteLLM made of it
without fields that are null, or null where it failed.
"""

import http.server
import json
import sys
import threading

CHAT, TEXT = "chat", "completions"
CALL = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "look", "arguments": ""}}
USAGE = {"prompt_tokens": 14, "completion_tokens": 8, "total_tokens": 22}
DETAILS = {"prompt_tokens_details": {"cached_tokens": 4, "audio_tokens": 0},
           "completion_tokens_details": {"reasoning_tokens": 3, "audio_tokens": 0}}
ROLE = {"role": "assistant", "content": ""}


def event(value, ascii_only: bool = False) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=ascii_only, separators=(",", ":"))
    return f"data: {text}\n\n"


def chunk(choices: list, **more) -> dict:
    return {"id": "chatcmpl-abc", "object": "chat.completion.chunk", "created": 1700000000, "model": "gpt-4o-mini",
            "choices": choices, **more}


def choice(delta: dict, finish: str | None = None, index: int = 0, **more) -> dict:
    return {"index": index, "delta": delta, "finish_reason": finish, **more}


def chat(*deltas: dict, finish: str = "stop", tail: str = "", ascii_only: bool = False, **more) -> str:
    """A chat of one choice: the deltas, the end, what comes after it."""
    told = [event(chunk([choice(delta)], **more), ascii_only) for delta in deltas]
    return "".join(told) + event(chunk([choice({}, finish)], **more)) + tail + event("[DONE]")


def say(*texts: str, **more) -> str:
    return chat(ROLE, *({"content": text} for text in texts), **more)


def call(index: int, **function) -> dict:
    return {"tool_calls": [{"index": index, "function": function}]}


def named_call(index: int, name: str, arguments: str = "") -> dict:
    return {"tool_calls": [{"index": index, "id": f"call_{index}", "type": "function",
                            "function": {"name": name, "arguments": arguments}}]}


def tools(*deltas: dict, **more) -> str:
    return chat({"role": "assistant", "content": None}, *deltas, finish="tool_calls", **more)


def text(*texts: str, tail: str = "", logprobs=None) -> str:
    def told(said: str, finish: str | None = None) -> str:
        return event({"id": "cmpl-abc", "object": "text_completion", "created": 1700000000, "model": "instruct",
                      "choices": [{"text": said, "index": 0, "logprobs": logprobs, "finish_reason": finish}]})
    return "".join(map(told, texts)) + told("", "stop") + tail + event("[DONE]")


def logprob(token: str) -> dict:
    return {"content": [{"token": token, "logprob": -0.5, "bytes": list(token.encode()), "top_logprobs": []}]}


usage_chunk = event(chunk([], usage=USAGE))
STREAMS = {
    "words": (CHAT, say("Hello", " there", ".")),
    "one piece": (CHAT, say("Hello there.")),
    "no words": (CHAT, say()),
    "no content at all": (CHAT, chat({"role": "assistant"})),
    "letters of all alphabets": (CHAT, say("caf\u00e9 ", "\u4f60\u597d ", "\U0001f600", "e\u0301")),
    "escaped letters": (CHAT, say("caf\u00e9 ", "\u4f60\u597d ", "\U0001f600", ascii_only=True)),
    "quotes and lines": (CHAT, say('say "x"', "\n\tit's \\ ", "\u2028\u200b\x7f", "\x01")),
    "spaces": (CHAT, say(" ", "  ", "\n", " ")),
    "JSON": (CHAT, say('{"a', '": [1, ', "2.50]", "}")),
    "cut by length": (CHAT, say("Hello", finish="length")),
    "filtered": (CHAT, say("Hello", finish="content_filter")),
    "usage": (CHAT, say("Hello", tail=usage_chunk)),
    "usage in detail": (CHAT, say("Hello", tail=event(chunk([], usage={**USAGE, **DETAILS})))),
    "usage with the end": (CHAT, event(chunk([choice(ROLE)])) + event(chunk([choice({"content": "Hi"})]))
                           + event(chunk([choice({}, "stop")], usage=USAGE)) + event("[DONE]")),
    "usage null until the end": (CHAT, say("Hello", usage=None, tail=usage_chunk)),
    "a fingerprint and a tier": (CHAT, say("Hello", system_fingerprint="fp_1", service_tier="default")),
    "obfuscation": (CHAT, say("Hello", obfuscation="aB3x")),
    "comments": (CHAT, ": hello\n\n" + say("Hello", " you", tail=": bye\n\n")),
    "carriage returns": (CHAT, say("Hello", " you").replace("\n", "\r\n")),
    "role in each delta": (CHAT, chat({"role": "assistant", "content": "a"}, {"role": "assistant", "content": "b"})),
    "null content in each delta": (CHAT, chat(ROLE, {"content": None}, {"content": "a", "tool_calls": None})),
    "reasoning": (CHAT, chat({"role": "assistant", "reasoning_content": "I "}, {"reasoning_content": "think."},
                             {"content": "So"}, {"content": " yes."})),
    "refusal": (CHAT, chat({**ROLE, "refusal": None}, {"refusal": "I can"}, {"refusal": "not."})),
    "one call": (CHAT, tools({"tool_calls": [CALL]}, call(0, arguments='{"a"'), call(0, arguments=": 1}"))),
    "a call at once": (CHAT, tools(named_call(0, "look", '{"a": 1}'))),
    "a call without arguments": (CHAT, tools(named_call(0, "look"))),
    "two calls": (CHAT, tools(named_call(0, "look"), call(0, arguments="{}"), named_call(1, "go"),
                              call(1, arguments='{"b":'), call(1, arguments="2}"))),
    "two calls in one delta": (CHAT, tools({"tool_calls": [{**CALL, "function": {"name": "a", "arguments": "{}"}},
                                                           {**CALL, "index": 1, "id": "call_2"}]},
                                           call(1, arguments="[1]"))),
    "calls in turns": (CHAT, tools(named_call(0, "a"), named_call(1, "b"), call(0, arguments="{"),
                                   call(1, arguments="["), call(0, arguments="}"), call(1, arguments="]"))),
    "a call whose id is repeated": (CHAT, tools(named_call(0, "look", "{"), named_call(0, "look", "}"))),
    "a call with empty names later": (CHAT, tools(named_call(0, "look", "{"),
                                                  {"tool_calls": [{"index": 0, "id": "", "type": "function",
                                                                   "function": {"name": "", "arguments": "}"}}]})),
    "a call with nulls later": (CHAT, tools(named_call(0, "look", "{"),
                                            {"tool_calls": [{"index": 0, "id": None, "type": None,
                                                             "function": {"name": None, "arguments": "}"}}]})),
    "a call after words": (CHAT, chat(ROLE, {"content": "Let me"}, {"content": " look."}, named_call(0, "look"),
                                      call(0, arguments="{}"), finish="tool_calls")),
    "letters in arguments": (CHAT, tools(named_call(0, "look"), call(0, arguments='{"caf\u00e9": "\u4f60'),
                                         call(0, arguments='\\n\\"q\\""}'))),
    "a function": (CHAT, chat({"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": ""}},
                              {"function_call": {"arguments": '{"a"'}}, {"function_call": {"arguments": ":1}"}},
                              finish="function_call")),
    "azure": (CHAT, event({"choices": [], "created": 0, "id": "", "model": "", "object": "", "prompt_filter_results":
                           [{"prompt_index": 0, "content_filter_results": {}}]}) + say("Hello", " you")),
    "log probabilities": (CHAT, event(chunk([choice({"content": "a"}, logprobs=logprob("a"))]))
                          + event(chunk([choice({"content": "b"}, logprobs=logprob("b"))]))
                          + event(chunk([choice({}, "stop", logprobs=None)])) + event("[DONE]")),
    "two choices": (CHAT, event(chunk([choice({"content": "a"}), choice({"content": "b"}, index=1)]))
                    + event(chunk([choice({"content": "A"}), choice({"content": "B"}, index=1)]))
                    + event(chunk([choice({}, "stop"), choice({}, "stop", index=1)])) + event("[DONE]")),
    "text": (TEXT, text("Hello", " you")),
    "text in one piece": (TEXT, text("Hello")),
    "no text": (TEXT, text()),
    "text with letters": (TEXT, text("caf\u00e9 ", "\U0001f600", '"q"\n')),
    "text with usage": (TEXT, text("Hello", tail=event({"id": "cmpl-abc", "object": "text_completion", "choices": [],
                                                        "created": 1700000000, "model": "m", "usage": USAGE}))),
}  # fmt: skip


class Provider(http.server.BaseHTTPRequestHandler):
    events = ""

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        self.wfile.write(self.events.encode())

    def log_message(self, *_):
        pass


def answer(name: str, endpoint: str, port: int):
    import litellm

    # LiteLLM forgets the reason to finish where usage was asked for.
    options = {"stream_options": {"include_usage": True}} if "usage" in name else {}
    more = {**options, "api_key": "k", "api_base": f"http://127.0.0.1:{port}/v1", "stream": True, "max_retries": 0}
    try:
        if endpoint == CHAT:
            messages = [{"role": "user", "content": "hi"}]
            chunks = litellm.completion("openai/gpt-4o-mini", messages=messages, **more)
        else:
            chunks = litellm.text_completion(model="text-completion-openai/instruct", prompt="hi", **more)
        return litellm.stream_chunk_builder(list(chunks)).model_dump(exclude_none=True)
    except Exception as error:
        print(f"LiteLLM: {type(error).__name__}: {error}", file=sys.stderr)
        return None


def main(path: str) -> None:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with open(path, "w", encoding="utf-8") as out:
        for name, (endpoint, events) in STREAMS.items():
            Provider.events = events
            whole = answer(name, endpoint, server.server_port)
            line = {"name": name, "endpoint": endpoint, "events": events, "whole": whole}
            out.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
