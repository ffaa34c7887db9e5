"""`model: "a,b"`: every model is asked at once."""

import json
import re

import pytest

from raw_http import encode_request, wait_until

pytestmark = pytest.mark.sluice_only("its lists have other answers")


def ask(gateway, models: str, text: str, **more):
    return gateway.chat(text, models, num_retries=0, **more)


def test_the_answers_come_in_the_order_of_the_models(gateway, provider):
    answers = ask(gateway, "chat, fragile,nobody", "!on gpt-4o-mini !slow 0.1 hello there").json
    assert [answer.get("model", "error")[:11] for answer in answers] == ["gpt-4o-mini", "gpt-fragile", "error"]
    assert "Invalid model name" in answers[2]["error"]["message"]
    assert len(provider.calls()) == 2


def test_a_client_that_leaves_takes_all_calls_along(gateway, provider):
    body = {"model": "chat,fragile,backup", "messages": [{"role": "user", "content": "!slow 30 hello there"}]}
    connection = gateway.open()
    connection.send(encode_request("POST", "/v1/chat/completions", {"Authorization": f"Bearer {gateway.key}"},
                                   json.dumps(body).encode()))
    provider.wait_for(lambda calls: len(calls) == 3)
    connection.close()
    provider.wait_for(lambda calls: {call.outcome for call in calls} == {"client left"})
    assert len(provider.calls()) == 3, "and nobody else is asked"
    assert gateway.chat("hello there").status == 200


def test_each_model_has_its_record_and_its_metrics(gateway, provider):
    def spent(group: str) -> float:
        lines = gateway.ask("GET", "/metrics").body.decode().splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines
                   if line.startswith("litellm_total_tokens_total") and f'requested_model="{group}"' in line)

    before = spent("chat"), spent("backup")
    call_id = "batch-that-works"
    answer = ask(gateway, "chat,fragile", "!on gpt-fragile !status 500 hello there", headers={"x-litellm-call-id": call_id})
    assert answer.status == 200
    wait_until(lambda: len(records(gateway, call_id)) == 2)
    by_group = {re.search(r" group=(\S+)", line)[1]: line for line in records(gateway, call_id)}
    assert "model=gpt-4o-mini" in by_group["chat"] and "total_ms=" in by_group["chat"]
    assert "model=gpt-backup" in by_group["backup"] and " fallbacks=1 " in by_group["backup"]
    assert (spent("chat") - before[0], spent("backup") - before[1]) == (22, 22)


def test_a_part_that_fails_says_so_in_its_record(gateway, provider):
    call_id = "batch-that-fails"
    ask(gateway, "chat,backup", "!on gpt-backup !status 429 hello there", headers={"x-litellm-call-id": call_id})
    wait_until(lambda: len(records(gateway, call_id)) == 2)
    [failed] = [line for line in records(gateway, call_id) if " group=backup " in line]
    assert " status=429 " in failed and "error=RateLimitError" in failed and " warn " in failed


def records(gateway, call_id: str) -> list[str]:
    return [line for line in gateway.log.splitlines() if line.endswith(f"call_id={call_id}")]
