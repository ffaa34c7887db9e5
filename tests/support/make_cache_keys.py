#!/usr/bin/env python3
"""Writes tests/golden/cache_keys.jsonl: requests, and the cache keys that LiteLLM 1.68.0 gives them.

    python3 -m venv /tmp/litellm && /tmp/litellm/bin/pip install 'litellm[proxy]==1.68.0' httpx
    /tmp/litellm/bin/python tests/support/make_cache_keys.py tests/golden/cache_keys.jsonl

The requests go through LiteLLM's whole proxy, in this process; its own function makes the keys, and
a wrapper notes them. No provider is needed: that the calls then fail does not matter. The bodies are
made from a fixed seed, with everything in them that is hard to print as Python does.

One JSON object a line: `path`, `body` (the text that was sent), `params` (the deployment's own
parameters, in the order of the file), `provider_params` (the flag
enable_caching_on_provider_specific_optional_params) and `keys`, one for each item of a list of
embedding inputs, else one.
"""

import json
import os
import random
import sys
import tempfile

NOWHERE = {"api_key": "k", "api_base": "http://127.0.0.1:9/v1"}
TUNED = {"temperature": 0.2, "max_tokens": 100, "top_k": 5, "stop": ["a", "it's"]}
MODELS = {
    "plain": {"model": "openai/gpt-4o-mini"},
    "tuned": {"model": "openai/gpt-4o-mini", **TUNED},
    "wild/*": {"model": "openai/*"},
    "ga": {"model": "openai/a"},
    "gb": {"model": "openai/b"},
    "emb": {"model": "openai/text-embedding-3-small"},
    "inst": {"model": "text-completion-openai/gpt-3.5-turbo-instruct"},
}
CONFIG = {
    "model_list": [
        {"model_name": name, "litellm_params": {**NOWHERE, **params}}
        for name, params in MODELS.items()
    ],
    "router_settings": {
        "num_retries": 0,
        "disable_cooldowns": True,
        "caching_groups": [["ga", "gb"], ["it's", "x"]],
        "model_group_alias": {"nick": "plain"},
    },
    "litellm_settings": {"cache": True, "cache_params": {"type": "local"}, "num_retries": 0},
}
CHAT, TEXT, EMBED = "/v1/chat/completions", "/v1/completions", "/v1/embeddings"

NUMBERS = """0 -0 0.0 -0.0 1 1.0 1e0 0.1 0.7 0.30000000000000004 1e16 9999999999999998 1e15 1E5 1e-5
    0.0001 0.00001 1.5e-7 123456789.125 9007199254740993 9223372036854775807 18446744073709551615
    18446744073709551616 -9223372036854775809 123456789012345678901234567890 5e-324 1.7976931348623157e308
    1e-400 100 -100 2.50 1e+2 0.1e1""".split()
TEXTS = [
    '"hi"', '""', '"it\'s"', '"say \\"x\\""', '"it\'s \\"x\\"\\n\\u00e9\\u200b"', '"caf\u00e9 \u4f60\u597d"',
    '"\\ud83d\\ude00 \U0001f600"', '"a\\tb\\rc\\\\d\\/e\\b\\f"', '"\\u0000\\u001f\\u007f\\u0080\\u00a0\\u00ad"',
    '"\\u2028\\u3000\\ufeff\\ue000"', '"\\udb40\\udc01 \u0301 \u0378"', '"{\'a\': None}"', '"True"', '"\\u0041"',
]  # fmt: skip
NAMES = ["a", "b", "type", "na\\u006de", "it's", "x y", "\u00e9", "\\\\", "1", ""]
PARAMETERS = """temperature top_p n stop seed user logit_bias presence_penalty frequency_penalty
    response_format tools tool_choice parallel_tool_calls logprobs top_logprobs max_completion_tokens
    reasoning_effort store service_tier modalities prediction thinking web_search_options""".split()

HAND_MADE = [
    (CHAT, "plain", '{"model":"plain","messages":[{"role":"user","content":"hi"}],"stream":null}'),
    (CHAT, "plain", '{"stream":true,"messages":[{"role":"user","content":"hi"}],"model":"plain"}'),
    (CHAT, "plain", '{"model":"plain","stream":false,"messages":[],"n":1,"n":2,"user":"a","n":3}'),
    (CHAT, "plain", '{"model":"x","messages":[{"a":1,"b":2,"a":3}],"model":"plain"}'),
    (CHAT, "plain", '{"model":"plain","messages":[{"role":"user","content":null,"name":null}],"seed":null}'),
    (CHAT, "plain", '{"model":"plain","messages":[],"metadata":{"redis_namespace":"meta"}}'),
    (CHAT, "plain", '{"model":"plain","messages":[],"cache":{"namespace":"ten:ant"},"metadata":{"redis_namespace":"m"}}'),
    (CHAT, "plain", '{"model":"nick","messages":[{"role":"user","content":"hi"}]}'),
    (CHAT, "plain", '{"model":"wild/some-model","messages":[{"role":"user","content":"hi"}]}'),
    (CHAT, "plain", '{"model":"ga","messages":[{"role":"user","content":"hi"}]}'),
    (CHAT, "plain", '{"model":"gb","messages":[{"role":"user","content":"hi"}]}'),
    (CHAT, "tuned", '{"model":"tuned","messages":[{"role":"user","content":"hi"}]}'),
    (CHAT, "tuned", '{"model":"tuned","user":"u1","messages":[],"temperature":0.7}'),
    (CHAT, "tuned", '{"model":"tuned","messages":[],"temperature":null,"top_k":9,"stop":"x"}'),
    (TEXT, "inst", '{"model":"inst","prompt":"say"}'),
    (TEXT, "inst", '{"model":"inst","stream":true,"prompt":["say","b"],"n":2}'),
    (TEXT, "inst", '{"model":"inst","prompt":[1,2,3],"echo":true,"suffix":null}'),
    (EMBED, "emb", '{"model":"emb","input":"hello","dimensions":8}'),
    (EMBED, "emb", '{"user":"u","input":["a",[1,2],3,"it\'s"],"model":"emb"}'),
    (EMBED, "emb", '{"model":"emb","input":[[1,2],[3.0]],"encoding_format":"base64"}'),
]  # fmt: skip


def value(rng, depth=0):
    """A JSON text."""
    kind = rng.random()
    if depth < 3 and kind < 0.2:
        return "[" + ", ".join(value(rng, depth + 1) for _ in range(rng.randrange(4))) + "]"
    if depth < 3 and kind < 0.4:
        names = rng.sample(NAMES, rng.randrange(5))
        if names and rng.random() < 0.1:
            names.append(rng.choice(names))
        return "{" + ",".join(f'"{name}" : {value(rng, depth + 1)}' for name in names) + "}"
    if kind < 0.6:
        return rng.choice(NUMBERS)
    return rng.choice(TEXTS) if kind < 0.85 else rng.choice(["true", "false", "null"])


def message(rng):
    content = rng.choice(TEXTS)
    if rng.random() < 0.4:
        content = f'[{{"type":"text","text":{content}}},{{"type":"x","x":{value(rng)}}}]'
    extra = f',"extra":{value(rng)}' if rng.random() < 0.3 else ""
    return f'{{"role":"user","content":{content}{extra}}}'


def body(rng, model, required):
    fields = [f'"model":"{model}"', required]
    fields += [f'"{name}": {value(rng)}' for name in rng.sample(PARAMETERS, rng.randrange(5))]
    rng.shuffle(fields)
    return "{" + ",\n ".join(fields) + "}"


def random_requests(rng):
    for _ in range(140):
        model = rng.choice(["plain", "plain", "tuned"])
        messages = ",".join(message(rng) for _ in range(rng.randrange(1, 3)))
        yield CHAT, model, body(rng, model, f'"messages":[{messages}]')
    for _ in range(25):
        yield TEXT, "inst", body(rng, "inst", f'"prompt":{rng.choice(TEXTS)}')
    for _ in range(25):
        items = ",".join(rng.choice([rng.choice(TEXTS), value(rng)]) for _ in range(3))
        yield EMBED, "emb", body(rng, "emb", f'"input":[{items}]')


def with_provider_parameters(rng):
    for _ in range(40):
        fields = f'"messages":[{message(rng)}],"top_k":{value(rng)}'
        fields += rng.choice(["", ',"tags":["x"]', ',"timeout":7.5', ',"num_retries":0', ',"ttl":9'])
        fields += rng.choice(["", f',"guided":{value(rng)}', ',"max_retries":2', ',"disable_fallbacks":true'])
        model = rng.choice(["plain", "tuned"])
        yield CHAT, model, body(rng, model, fields)
    yield TEXT, "inst", '{"model":"inst","prompt":"say","top_k":1}'
    yield EMBED, "emb", '{"model":"emb","input":["say"],"input_type":"query"}'


class Recorder:
    """Notes the keys that LiteLLM makes for one request."""

    def __init__(self, cache_class):
        self.keys = []
        made = cache_class.get_cache_key

        def noting(cache, **kwargs):
            key = made(cache, **kwargs)
            self.keys.append(key)
            return key

        cache_class.get_cache_key = noting


def record(client, recorder, request, provider_params):
    path, model, text = request
    recorder.keys.clear()
    client.post(path, content=text.encode(), headers={"content-type": "application/json"})
    many = path == EMBED and isinstance(json.loads(text).get("input"), list)
    keys = list(dict.fromkeys(recorder.keys)) if not many else recorder.keys[: len(json.loads(text)["input"])]
    if not keys or (not many and len(keys) > 1):
        return None  # refused before the cache was asked
    params = TUNED if model == "tuned" else {}
    return {"path": path, "body": text, "params": params, "provider_params": provider_params, "keys": keys}


def main(out):
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
        json.dump(CONFIG, file)  # JSON is YAML
        file.flush()
        os.environ.update(CONFIG_FILE_PATH=file.name, LITELLM_LOG="CRITICAL")
        import litellm
        from fastapi.testclient import TestClient
        from litellm.caching.caching import Cache
        from litellm.proxy.proxy_server import app

        recorder, rng, rows = Recorder(Cache), random.Random(168), []
        with TestClient(app) as client:
            for flag, requests in [(False, HAND_MADE + list(random_requests(rng))), (True, list(with_provider_parameters(rng)))]:
                litellm.enable_caching_on_provider_specific_optional_params = flag
                rows += [record(client, recorder, each, flag) for each in requests]
    refused = rows.count(None)
    with open(out, "w", encoding="utf-8") as lines:
        for row in filter(None, rows):
            lines.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
    print(f"{len(rows) - refused} written, {refused} refused by LiteLLM", file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])
