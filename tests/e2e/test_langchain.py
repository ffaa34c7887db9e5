"""LangChain's OpenAI classes against the gateway."""

import pytest
from langchain_core.messages import HumanMessage, SystemMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from pydantic import BaseModel

from conftest import MASTER_KEY


class Trip(BaseModel):
    """A journey."""
    city: str
    days: int


@tool
def get_weather(city: str) -> str:
    """The weather in a city."""
    return f"sunny in {city}"


@pytest.fixture
def model(gateway) -> ChatOpenAI:
    return ChatOpenAI(base_url=gateway.url, api_key=MASTER_KEY, model="chat", max_retries=0)


@pytest.mark.smoke
def test_invoke(model):
    answer = model.invoke([SystemMessage("be brief"), HumanMessage("hello there")])
    assert answer.content.endswith("to: hello there")
    assert answer.usage_metadata["total_tokens"] == 22
    assert answer.response_metadata["finish_reason"] == "stop"


def test_stream_with_usage(gateway):
    model = ChatOpenAI(base_url=gateway.url, api_key=MASTER_KEY, model="chat", stream_usage=True)
    chunks = list(model.stream("one two"))
    assert "".join(chunk.content for chunk in chunks).endswith("to: one two")
    assert sum(chunk.usage_metadata["total_tokens"] for chunk in chunks if chunk.usage_metadata) == 22


@pytest.mark.smoke
def test_a_tool_call_and_its_answer(model, provider):
    bound = model.bind_tools([get_weather])
    asked = bound.invoke("!tools")
    assert asked.tool_calls[0]["name"] == "get_weather" and asked.tool_calls[0]["args"] == {"city": "Paris"}
    result = get_weather.invoke(asked.tool_calls[0])
    assert isinstance(result, ToolMessage)
    final = bound.invoke([HumanMessage("weather?"), asked, result])
    assert final.content.endswith("to: weather?")
    assert provider.calls()[-1].json["messages"][-1]["content"] == "sunny in Paris"


def test_streamed_tool_calls_are_put_together(model):
    whole = None
    for chunk in model.bind_tools([get_weather]).stream("!tools"):
        whole = chunk if whole is None else whole + chunk
    assert whole.tool_calls[0]["args"] == {"city": "Paris"}


@pytest.mark.parametrize("method", ["json_schema", "function_calling"])
def test_structured_output(model, method):
    text = "!tools" if method == "function_calling" else "plan it"
    assert model.with_structured_output(Trip, method=method).invoke(text) == Trip(city="Paris", days=1)


def test_batch(model):
    answers = model.batch(["number one", "number two", "number three"])
    assert [answer.content.split(" to: ")[1] for answer in answers] == ["number one", "number two", "number three"]


def test_embeddings(gateway):
    embedder = OpenAIEmbeddings(base_url=gateway.url, api_key=MASTER_KEY, model="embed", dimensions=8,
                                check_embedding_ctx_length=False)  # which would fetch a tokenizer
    near, far = embedder.embed_documents(["hello world", "quite another text"])
    query = embedder.embed_query("hello world")
    assert query == pytest.approx(near) and query != pytest.approx(far)


def test_with_fallbacks(gateway):
    failing = ChatOpenAI(base_url=gateway.url, api_key=MASTER_KEY, model="no-such-model", max_retries=0)
    backup = ChatOpenAI(base_url=gateway.url, api_key=MASTER_KEY, model="chat")
    assert failing.with_fallbacks([backup]).invoke("hello there").content.endswith("to: hello there")
