"""The official Python client against the gateway: what it sends, what it gets, how it sees failures."""

import openai
import pytest
from pydantic import BaseModel

from conftest import MASTER_KEY

WEATHER = {"type": "function", "function": {"name": "get_weather", "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}


@pytest.fixture
def client(gateway):
    with openai.OpenAI(base_url=gateway.url, api_key=MASTER_KEY, max_retries=0) as made:
        yield made


def user(text: str) -> list:
    return [{"role": "user", "content": text}]


def ask(client, text: str, model: str = "chat", **more):
    return client.chat.completions.create(model=model, messages=user(text), **more)


@pytest.mark.smoke
def test_chat(client, provider):
    answer = ask(client, "hello there", temperature=0.5, max_tokens=9, user="u1", seed=3)
    assert answer.choices[0].message.content.endswith("to: hello there")
    assert answer.usage.total_tokens == 22
    [call] = provider.calls()
    assert call.json == {"model": "gpt-4o-mini", "messages": user("hello there"), "temperature": 0.5,
                         "max_tokens": 9, "user": "u1", "seed": 3}
    assert call.header("authorization") == "Bearer sk-fake"


def test_a_conversation_with_all_roles_arrives_unchanged(client, provider):
    messages = [
        {"role": "system", "content": "it's \"fine\""}, {"role": "user", "content": "café 你好 😀 \u2028 \\ \t"},
        {"role": "assistant", "content": None, "tool_calls": [
            {"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"a": 1.50}'}}]},
        {"role": "tool", "tool_call_id": "c1", "content": "done"},
        {"role": "user", "content": [{"type": "text", "text": "look"},
                                     {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}]}]
    answer = client.chat.completions.create(model="chat", messages=messages)
    assert answer.choices[0].message.content.endswith("to: look")
    sent = provider.calls()[0].json["messages"]
    # LiteLLM drops nulls inside messages; both mean the same to a provider.
    assert [{k: v for k, v in message.items() if v is not None} for message in sent] == \
        [{k: v for k, v in message.items() if v is not None} for message in messages]


@pytest.mark.smoke
def test_stream(client):
    chunks = list(ask(client, "one two three", stream=True))
    words = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices[0].delta.content]
    assert "".join(words).endswith(" to: one two three") and len(words) == 6
    assert chunks[0].choices[0].delta.role == "assistant"
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert len({chunk.id for chunk in chunks}) == 1


@pytest.mark.sluice_only("puts a choice into the chunk with the usage")
def test_stream_usage_comes_in_a_chunk_without_choices_when_asked_for(client, provider):
    chunks = list(ask(client, "x", stream=True, stream_options={"include_usage": True}))
    assert chunks[-1].choices == [] and chunks[-1].usage.total_tokens == 22
    assert all(chunk.choices and chunk.usage is None for chunk in chunks[:-1])


@pytest.mark.sluice_only("does not ask the provider for usage by itself")
def test_stream_usage_is_kept_from_clients_that_did_not_ask(client, provider):
    chunks = list(ask(client, "x", stream=True))
    assert all(chunk.choices and chunk.usage is None for chunk in chunks)
    assert provider.calls()[0].json["stream_options"] == {"include_usage": True}


def test_tools(client):
    call = ask(client, "!tools", tools=[WEATHER], tool_choice="auto").choices[0].message.tool_calls[0]
    assert (call.function.name, call.function.arguments) == ("get_weather", '{"city":"Paris"}')


@pytest.mark.smoke
def test_streamed_tools(client):
    with client.chat.completions.stream(model="chat", messages=user("!tools"), tools=[WEATHER]) as stream:
        final = stream.get_final_completion().choices[0]
    assert final.finish_reason == "tool_calls"
    assert final.message.tool_calls[0].function.arguments == '{"city":"Paris"}'


@pytest.mark.smoke
def test_structured_output(client):
    class Trip(BaseModel):
        city: str
        days: int

    answer = client.chat.completions.parse(model="chat", messages=user("plan"), response_format=Trip)
    assert answer.choices[0].message.parsed == Trip(city="Paris", days=1)


def test_several_choices(client):
    assert [choice.index for choice in ask(client, "x", n=3).choices] == [0, 1, 2]


@pytest.mark.smoke
def test_embeddings(client, provider):
    answer = client.embeddings.create(model="embed", input=["hello", "world"], dimensions=8)
    assert answer.data[0].embedding == [0.5, -0.5, 0.0, 0.0, 0.0, -0.5, 0.5, 0.0]
    assert [item.index for item in answer.data] == [0, 1] and answer.usage.prompt_tokens == 7
    assert provider.calls()[0].json["model"] == "text-embedding-3-small"


def test_embeddings_as_floats(client):
    answer = client.embeddings.create(model="embed", input="hello", dimensions=8, encoding_format="float")
    assert answer.data[0].embedding == [0.5, -0.5, 0.0, 0.0, 0.0, -0.5, 0.5, 0.0]


@pytest.mark.smoke
def test_completions(client):
    assert client.completions.create(model="instruct", prompt="say").choices[0].text.startswith("Answer ")
    chunks = list(client.completions.create(model="instruct", prompt="say", stream=True))
    assert "".join(chunk.choices[0].text or "" for chunk in chunks).startswith("Answer ")


def test_models(client):
    assert {"chat", "embed", "nickname"} <= {model.id for model in client.models.list()}


@pytest.mark.sluice_only("has no such path")
def test_one_model(client):
    assert client.models.retrieve("chat").id == "chat"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("nope")


def test_response_headers_tell_where_the_answer_came_from(client):
    headers = client.chat.completions.with_raw_response.create(model="nickname", messages=user("x")).headers
    assert headers["x-litellm-model-group"] == "nickname"
    assert headers["x-litellm-model-id"] and headers["x-litellm-call-id"]
    assert headers["llm_provider-x-ratelimit-remaining-requests"] == "9999"


@pytest.mark.smoke
@pytest.mark.parametrize("status, error, seen", [
    (400, openai.BadRequestError, 400), (401, openai.AuthenticationError, 401),
    (403, openai.PermissionDeniedError, 403), (404, openai.NotFoundError, 404), (408, openai.APIStatusError, 408),
    (409, openai.ConflictError, 409), (422, openai.BadRequestError, 400), (429, openai.RateLimitError, 429),
    (500, openai.InternalServerError, 500), (503, openai.InternalServerError, 503),
    (529, openai.InternalServerError, 529),
])
@pytest.mark.parametrize("stream", [False, True])
def test_provider_errors_are_raised_as_the_client_knows_them(client, status, error, seen, stream):
    with pytest.raises(error) as raised:
        ask(client, f"!status {status}", stream=stream, extra_body={"num_retries": 0})
    assert raised.value.status_code == seen
    assert f"fake failure {status}" in raised.value.message
    assert raised.value.body["code"] == str(seen)


def test_bad_keys_and_unknown_models(gateway, client):
    with openai.OpenAI(base_url=gateway.url, api_key="not-a-virtual-key", max_retries=0) as other:
        with pytest.raises(openai.AuthenticationError):
            ask(other, "x")
    with pytest.raises(openai.BadRequestError, match="model=nope"):
        ask(client, "x", model="nope")


def test_the_clients_own_retries_honour_retry_after(gateway, provider):
    with openai.OpenAI(base_url=gateway.url, api_key=MASTER_KEY, max_retries=1) as patient:
        answer = ask(patient, "!first 1 !status 503", extra_body={"num_retries": 0})
    assert answer.choices[0].message.content and len(provider.calls()) == 2


@pytest.mark.smoke
@pytest.mark.sluice_only("goes on asking the provider when the client has left")
@pytest.mark.parametrize("stream", [False, True])
def test_a_clients_timeout_ends_the_providers_work(client, provider, stream):
    with pytest.raises(openai.APITimeoutError):
        ask(client, "!slow 30", stream=stream, timeout=0.3)
    provider.wait_for(lambda calls: calls and calls[0].outcome == "client left", 1)


@pytest.mark.smoke
@pytest.mark.sluice_only("notices much later")
def test_a_stream_that_is_closed_ends_the_providers_work(client, provider):
    stream = ask(client, "!stall 3 a b c", stream=True)
    assert next(chunk for chunk in stream if chunk.choices[0].delta.content).choices[0].delta.content == "Answer"
    stream.close()
    provider.wait_for(lambda calls: calls[0].outcome == "client left", 1)


def test_the_gateways_timeout_is_a_408(client):
    with pytest.raises(openai.APIStatusError) as raised:
        ask(client, "!slow 30", model="quick", extra_body={"num_retries": 0})
    assert raised.value.status_code == 408 and "Timeout" in raised.value.message


@pytest.mark.sluice_only("sends the error with a traceback or not at all")
def test_a_broken_stream_raises_an_error(client):
    words = []
    with pytest.raises(openai.APIError):
        for chunk in ask(client, "!cut 3 a b c", stream=True):
            words += [choice.delta.content for choice in chunk.choices if choice.delta.content]
    assert len(words) == 3
