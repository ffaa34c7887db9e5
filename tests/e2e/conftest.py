"""Fixtures: the fake provider, the gateway's process, and what its log must never hold."""

import os

import pytest

pytest.register_assert_rewrite("traces", "trace_differences")

import gateway_process  # noqa: E402
from fake_provider import FakeProvider  # noqa: E402

MASTER_KEY = "sk-e2e-master-key"


def pytest_addoption(parser):
    parser.addoption("--gateway", choices=["sluice", "litellm"],
                     default=os.environ.get("SLUICE_E2E_GATEWAY", "sluice"),
                     help="what to test; litellm proves the tests themselves (LITELLM_BINARY says where it is)")


def pytest_collection_modifyitems(config, items):
    if config.getoption("--gateway") == "sluice":
        return
    for item in items:
        if marker := item.get_closest_marker("sluice_only"):
            item.add_marker(pytest.mark.skip(reason=f"LiteLLM: {marker.args[0]}"))


@pytest.fixture(scope="session")
def gateway_kind(request) -> str:
    return request.config.getoption("--gateway")


@pytest.fixture(scope="session")
def shared_provider():
    with FakeProvider() as provider:
        yield provider


@pytest.fixture
def provider(shared_provider) -> FakeProvider:
    """The fake provider behind every gateway, its log empty."""
    shared_provider.clear()
    return shared_provider


@pytest.fixture(scope="session")
def launch(gateway_kind, shared_provider, tmp_path_factory):
    """launch(config, environment=…, arguments=…) -> Gateway. All are stopped, and their logs read, at the end."""
    started = []

    def launch_one(config, **more):
        folder = tmp_path_factory.mktemp("gateway")
        more["environment"] = {"OPENAI_BASE_URL": shared_provider.url, "OPENAI_API_BASE": shared_provider.url,
                               **more.get("environment", {})}
        gateway = gateway_process.start(gateway_kind, config, folder, **more)
        started.append(gateway)
        return gateway

    yield launch_one
    codes = [gateway.stop() for gateway in started]
    if gateway_kind == "sluice":
        for gateway, code in zip(started, codes, strict=True):
            assert code == 0, f"exit code {code}:\n{gateway.log}"
            assert_log_is_clean(gateway.log, shared_provider)


@pytest.fixture
def start(launch):
    """As launch, for one test: stopped at its end."""
    started = []

    def start_one(config, **more):
        started.append(launch(config, **more))
        return started[-1]

    yield start_one
    for gateway in started:
        gateway.stop()


@pytest.fixture(scope="session")
def shared_gateway(launch, shared_provider):
    return launch(main_config(shared_provider.url))


@pytest.fixture
def gateway(shared_gateway, provider):
    """The gateway that most tests share; main_config says what it serves."""
    return shared_gateway


def assert_log_is_clean(log: str, provider: FakeProvider) -> None:
    # Short texts ("hi") are in any log by chance; commands and answers are not.
    secrets = {text for text in provider.every_text if len(text) >= 8} | provider.every_key | {MASTER_KEY}
    found = [secret for secret in secrets if secret in log]
    assert not found and " to: " not in log, f"the log holds {found or 'answers'}:\n{log}"


def deployment(group: str, model: str, base: str, **parameters) -> dict:
    return {"model_name": group, "litellm_params": {
        "model": model, "api_base": base, "api_key": gateway_process.PROVIDER_KEY, **parameters}}


def main_config(base: str) -> dict:
    return {
        "model_list": [
            deployment("chat", "openai/gpt-4o-mini", base),
            deployment("embed", "openai/text-embedding-3-small", base),
            deployment("instruct", "text-completion-openai/gpt-3.5-turbo-instruct", base),
            deployment("fragile", "openai/gpt-fragile", base),
            deployment("backup", "openai/gpt-backup", base),
            deployment("pair", "openai/gpt-pair-a", base),
            deployment("pair", "openai/gpt-pair-b", base),
            deployment("quick", "openai/gpt-quick", base, timeout=0.5, stream_timeout=0.5),
            deployment("openai/*", "openai/*", base),
            deployment("claude", "anthropic/claude-3-5-haiku", base.removesuffix("/v1")),
        ],
        "router_settings": {
            "disable_cooldowns": True,
            "model_group_alias": {"nickname": "chat", "secret-name": {"model": "chat", "hidden": True}},
            "fallbacks": [{"fragile": ["backup"]}],
        },
        "general_settings": {"master_key": MASTER_KEY},
    }
