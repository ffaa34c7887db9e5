"""The way to the provider and from the client: TLS, proxies, IPv6, kept connections."""

import contextlib
import ssl

import pytest

import gateway_process
import tls
from conftest import deployment
from connect_proxy import ConnectProxy
from fake_provider import FakeProvider
from raw_http import encode_request


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> tls.Authority:
    return tls.Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def secure(authority):
    with FakeProvider(tls=authority.issue("DNS:localhost", "IP:127.0.0.1")) as provider:
        yield provider


@pytest.fixture(autouse=True)
def forget(request):
    if "secure" in request.fixturenames:
        request.getfixturevalue("secure").clear()


def by_name(provider: FakeProvider) -> str:
    return provider.url.replace("127.0.0.1", "localhost")


def config(base: str, **litellm_settings) -> dict:
    return {"model_list": [deployment("m", "openai/m", base)], "litellm_settings": litellm_settings,
            "router_settings": {"num_retries": 0}}


@pytest.mark.smoke
@pytest.mark.parametrize("stream", [False, True])
def test_tls_to_a_provider_with_a_private_authority(start, secure, authority, stream):
    gateway = start(config(by_name(secure), ssl_verify=authority.certificate))
    assert gateway.chat("hello there", "m", stream=stream).status == 200
    assert secure.calls()[0].sni == "localhost"


def test_tls_connections_are_kept(start, secure, authority):
    gateway = start(config(by_name(secure), ssl_verify=authority.certificate))
    body = b'{"model": "m", "messages": [{"role": "user", "content": "hello there"}]}'
    with gateway.open() as client:  # one connection stays on one loop, and each loop keeps its own
        for _ in range(5):
            client.send(encode_request("POST", "/v1/chat/completions", body=body))
            assert client.read_response().status == 200
    assert len({call.connection for call in secure.calls()}) == 1


@pytest.mark.parametrize("trusted", ["system", "other"])
def test_a_certificate_that_nobody_trusts_is_refused(start, secure, tmp_path, trusted):
    settings = {} if trusted == "system" else {"ssl_verify": tls.Authority(tmp_path, "Other").certificate}
    answer = start(config(by_name(secure), **settings)).chat("hello there", "m")
    assert answer.status >= 500 and "error" in answer.json
    assert secure.calls() == []


def test_a_certificate_for_another_name_is_refused(start, authority):
    with FakeProvider(tls=authority.issue("DNS:elsewhere.test")) as provider:
        answer = start(config(by_name(provider), ssl_verify=authority.certificate)).chat("hello there", "m")
        assert answer.status >= 500 and provider.calls() == []


def test_verification_can_be_switched_off(start, secure):
    assert start(config(by_name(secure), ssl_verify=False)).chat("hello there", "m").status == 200


@pytest.mark.sluice_only("serves it through uvicorn")
def test_the_listener_speaks_tls(start, provider, authority):
    certificate, key = authority.issue("DNS:localhost", "IP:127.0.0.2")
    context = ssl.create_default_context(cafile=authority.certificate)
    gateway = start(config(provider.url), tls_context=context,
                    arguments=["--ssl_certfile_path", certificate, "--ssl_keyfile_path", key])
    for stream in (False, True):
        body = {"model": "m", "stream": stream, "messages": [{"role": "user", "content": "hello there"}]}
        answer = gateway.ask("POST", "/v1/chat/completions", json_body=body, tls=context)
        assert answer.status == 200 and answer.whole
    with gateway.open() as plain:
        plain.send(b"GET /health/liveliness HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"alive" not in plain.read_to_end()


def test_connections_to_a_provider_are_kept(gateway, provider):
    for _ in range(10):
        assert gateway.chat("hello there").status == 200
        assert gateway.chat("hello there", stream=True).status == 200
    # One loop each may hold one; a connection a request would be twenty.
    assert len({call.connection for call in provider.calls()}) <= 4


def test_ipv6(start):
    with contextlib.ExitStack() as stack:
        try:
            provider = stack.enter_context(FakeProvider(host="::1"))
        except OSError:
            pytest.skip("this machine has no IPv6")
        gateway = start(config(provider.url))
        assert gateway.chat("hello there", "m").status == 200
        assert provider.calls()[0].header("host") == f"[::1]:{provider.port}"


class TestProxy:
    @pytest.fixture
    def proxy(self):
        with ConnectProxy() as running:
            yield running

    @pytest.mark.smoke
    @pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
    def test_tls_goes_through_a_tunnel(self, start, secure, authority, proxy, variable):
        gateway = start(config(by_name(secure), ssl_verify=authority.certificate), environment={variable: proxy.url})
        assert gateway.chat("hello there", "m").status == 200
        assert proxy.asked == [f"CONNECT localhost:{secure.port} HTTP/1.1"]
        assert secure.calls()[0].sni == "localhost"

    def test_plain_http_names_the_whole_url(self, start, provider, proxy):
        gateway = start(config(provider.url), environment={"http_proxy": proxy.url})
        assert gateway.chat("hello there", "m").status == 200
        assert proxy.asked == [f"POST {provider.url}/chat/completions HTTP/1.1"]

    def test_credentials_are_sent_to_the_proxy_and_not_to_the_provider(self, start, secure, authority, proxy):
        url = proxy.url.replace("http://", "http://user:secret@")
        gateway = start(config(by_name(secure), ssl_verify=authority.certificate), environment={"HTTPS_PROXY": url})
        assert gateway.chat("hello there", "m").status == 200
        assert proxy.authorizations == ["Basic dXNlcjpzZWNyZXQ="]
        assert secure.calls()[0].header("proxy-authorization") is None
        assert "user:secret" not in gateway.log

    @pytest.mark.parametrize("exempt", ["localhost", "*", "example.com,localhost", ".localhost,127.0.0.1,localhost"])
    def test_no_proxy(self, start, secure, authority, proxy, exempt):
        gateway = start(config(by_name(secure), ssl_verify=authority.certificate),
                        environment={"HTTPS_PROXY": proxy.url, "NO_PROXY": exempt})
        assert gateway.chat("hello there", "m").status == 200
        assert proxy.asked == []

    def test_a_proxy_that_is_not_there_is_a_clear_error(self, start, secure):
        gateway = start(config(by_name(secure)),
                        environment={"HTTPS_PROXY": f"http://127.0.0.1:{gateway_process.free_port()}"})
        answer = gateway.chat("hello there", "m")
        assert answer.status == 500 and "onnect" in answer.json["error"]["message"]
