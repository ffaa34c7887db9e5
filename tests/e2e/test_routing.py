"""Which deployment a request goes to, how often, and what is tried after a failure."""

import time

import pytest

from conftest import deployment


def models_asked(provider) -> list[str]:
    return [call.json["model"] for call in provider.calls()]


@pytest.mark.smoke
@pytest.mark.parametrize("asked, upstream", [
    ("chat", "gpt-4o-mini"), ("nickname", "gpt-4o-mini"), ("secret-name", "gpt-4o-mini"),
    ("openai/gpt-4.1", "gpt-4.1"), ("openai/gpt-4o-mini", "gpt-4o-mini"),
])
def test_names_lead_to_models(gateway, provider, asked, upstream):
    answer = gateway.chat("hello there", asked)
    assert answer.status == 200 and answer.header("x-litellm-model-group") == asked
    assert models_asked(provider) == [upstream]


def test_unknown_names_are_refused_without_asking_anybody(gateway, provider):
    answer = gateway.chat("hello there", "nope")
    assert answer.status == 400 and "model=nope" in answer.json["error"]["message"]
    assert provider.calls() == []


@pytest.mark.parametrize("path", ["/engines/chat/chat/completions", "/openai/deployments/chat/chat/completions"])
def test_the_model_may_be_in_the_path(gateway, provider, path):
    body = {"messages": [{"role": "user", "content": "hello there"}]}
    assert gateway.ask("POST", path, json_body=body).status == 200
    assert models_asked(provider) == ["gpt-4o-mini"]


@pytest.mark.smoke
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("fault", ["!status 500", "!status 429", "!close", "!html 502"])
def test_a_failure_is_asked_again_until_it_works(gateway, provider, fault, stream):
    answer = gateway.chat(f"!first 2 {fault}", stream=stream)
    assert answer.status == 200
    assert len(provider.calls()) == 3


@pytest.mark.parametrize("more, calls", [({}, 3), ({"num_retries": 0}, 1), ({"num_retries": 1}, 2)])
def test_retries_are_counted(gateway, provider, more, calls):
    assert gateway.chat("!status 500", **more).status == 500
    assert len(provider.calls()) == calls


@pytest.mark.sluice_only("asks 400 and 422 three times")
@pytest.mark.parametrize("status", [400, 404, 422])
def test_what_the_provider_calls_wrong_is_asked_once(gateway, provider, status):
    assert gateway.chat(f"!status {status}").status in (400, 404)
    assert len(provider.calls()) == 1


@pytest.mark.sluice_only("may ask the same one again")
def test_a_retry_goes_to_the_other_deployment(gateway, provider):
    for _ in range(8):
        provider.clear()
        assert gateway.chat("!on gpt-pair-a !status 500", "pair", num_retries=1).status == 200
        assert models_asked(provider) in (["gpt-pair-b"], ["gpt-pair-a", "gpt-pair-b"])


def test_load_is_spread_over_a_group(gateway, provider):
    for _ in range(40):
        gateway.chat("hello there", "pair")
    assert set(models_asked(provider)) == {"gpt-pair-a", "gpt-pair-b"}


def test_weights_are_followed(start, provider):
    gateway = start({"model_list": [deployment("w", "openai/light", provider.url, weight=1),
                                    deployment("w", "openai/heavy", provider.url, weight=9)]})
    for _ in range(100):
        gateway.chat("hello there", "w")
    # 90 expected; outside 70..100 less than once in a hundred million runs.
    assert 70 <= models_asked(provider).count("heavy") <= 100


@pytest.mark.smoke
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("fault", ["!status 500", "!status 401", "!close"])
def test_a_fallback_answers_when_the_group_fails(gateway, provider, fault, stream):
    answer = gateway.chat(f"!on gpt-fragile {fault}", "fragile", num_retries=0, stream=stream)
    assert answer.status == 200
    assert stream or answer.header("x-litellm-attempted-fallbacks") == "1"  # LiteLLM says it without stream only
    # A kept connection that closes without an answer may have been dead before: then it is asked once more.
    assert models_asked(provider) in (["gpt-fragile", "gpt-backup"], ["gpt-fragile", "gpt-fragile", "gpt-backup"])


@pytest.mark.smoke
@pytest.mark.sluice_only("has sent its head before it reads the provider's first event")
@pytest.mark.parametrize("fault", ["!cut 0", "!reset 0", "!error 0"])
def test_a_stream_that_fails_before_its_first_event_falls_over_unseen(gateway, provider, fault):
    answer = gateway.chat(f"!on gpt-fragile {fault}", "fragile", num_retries=0, stream=True)
    assert answer.status == 200 and answer.events[-1] == "[DONE]"
    assert not any(event.startswith('{"error"') for event in answer.events)
    assert models_asked(provider) == ["gpt-fragile", "gpt-backup"]


def test_the_clients_fallbacks_and_disable_fallbacks(gateway, provider):
    text = "!on gpt-4o-mini !status 500 !on gpt-fragile !status 500"
    assert gateway.chat(text, "chat", num_retries=0, fallbacks=["backup"]).status == 200
    assert gateway.chat(text, "fragile", num_retries=0, disable_fallbacks=True).status == 500
    assert models_asked(provider) == ["gpt-4o-mini", "gpt-backup", "gpt-fragile"]


def test_a_fallback_that_fails_too_is_an_error(gateway, provider):
    answer = gateway.chat("!status 500", "fragile", num_retries=0)
    assert answer.status == 500 and "fake failure 500" in answer.json["error"]["message"]
    assert models_asked(provider) == ["gpt-fragile", "gpt-backup"]


@pytest.mark.smoke
@pytest.mark.sluice_only("only takes rpm as a weight here")
def test_rpm_is_a_limit(start, provider):
    gateway = start({"model_list": [deployment("limited", "openai/gpt-limited", provider.url, rpm=3)],
                     "router_settings": {"num_retries": 0}})
    assert [gateway.chat("hello there", "limited").status for _ in range(5)] == [200, 200, 200, 429, 429]
    refused = gateway.chat("hello there", "limited")
    assert 1 <= int(refused.header("retry-after")) <= 60
    assert refused.json["error"]["code"] == "429"
    assert len(provider.calls()) == 3


@pytest.mark.sluice_only("only takes rpm as a weight here")
def test_rpm_leaves_the_rest_to_the_other_deployment(start, provider):
    gateway = start({"model_list": [deployment("shared", "openai/small", provider.url, rpm=2),
                                    deployment("shared", "openai/large", provider.url, rpm=100)]})
    assert {gateway.chat("hello there", "shared").status for _ in range(20)} == {200}
    assert models_asked(provider).count("small") <= 2


@pytest.mark.sluice_only("keeps it to itself")
@pytest.mark.parametrize("status", [429, 503])
def test_the_providers_retry_after_is_passed_on(gateway, status):
    answer = gateway.chat(f"!status {status} retry-after 7", num_retries=0)
    assert answer.status == status and answer.header("retry-after") == "7"
    assert gateway.chat(f"!status {status}", num_retries=0).header("retry-after") is None


def test_a_retry_waits_as_long_as_the_provider_asks(gateway, provider):
    start = time.monotonic()
    assert gateway.chat("!first 1 !status 429 retry-after 1").status == 200
    assert 1 <= time.monotonic() - start < 3 and len(provider.calls()) == 2


def test_parameters_of_the_deployment_are_defaults(start, provider):
    gateway = start({"model_list": [deployment(
        "tuned", "openai/gpt-tuned", provider.url, temperature=0.25, max_tokens=50,
        extra_headers={"x-team": "blue"}, extra_body={"seed": 4})]})
    gateway.chat("hello there", "tuned", max_tokens=5)
    [call] = provider.calls()
    assert {name: call.json[name] for name in ("temperature", "max_tokens", "seed")} == {
        "temperature": 0.25, "max_tokens": 5, "seed": 4}
    assert call.header("x-team") == "blue"


def test_what_is_for_the_gateway_stays_there(gateway, provider):
    # Any of these would make the provider refuse the request.
    answer = gateway.chat("hello there", metadata={"a": "b"}, num_retries=1, timeout=30, fallbacks=["backup"],
                          cache={"no-store": True}, tags=["t"], disable_fallbacks=False)
    assert answer.status == 200, answer.body
    assert set(provider.calls()[0].json) == {"model", "messages"}


def test_a_client_cannot_redirect_its_request(gateway, provider):
    answer = gateway.chat("hello there", api_base=provider.url)
    assert answer.status == 401 and "api_base is not allowed in request body" in answer.json["error"]["message"]
    assert provider.calls() == []


@pytest.mark.sluice_only("sends the deployment's key to the client's address")
def test_a_client_may_bring_its_own_credentials_where_that_is_allowed(start, provider):
    gateway = start({"model_list": [deployment("a", "openai/gpt-a", "http://127.0.0.1:9/v1")],
                     "general_settings": {"allow_client_side_credentials": True}})
    answer = gateway.chat("hello there", "a", api_base=provider.url, api_key="sk-of-the-client")
    assert answer.status == 200, answer.body
    [call] = provider.calls()
    assert call.header("authorization") == "Bearer sk-of-the-client"
    assert set(call.json) == {"model", "messages"}
    provider.clear()
    # The deployment's key must not follow the request to an address that the client chose.
    gateway.chat("hello there", "a", api_base=provider.url)
    assert all(call.header("authorization") is None for call in provider.calls())
