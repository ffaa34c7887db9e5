"""The tests' own net: what a log must not hold is found when it is there."""

import pytest

from conftest import MASTER_KEY, assert_log_is_clean


@pytest.mark.parametrize("line", [
    f"refused key {MASTER_KEY}", "upstream said: sk-fake", "asked: tell me a secret", "answered: Answer 7 to: hi"])
def test_keys_and_prompts_in_a_log_are_found(gateway, provider, line):
    gateway.chat("tell me a secret")
    with pytest.raises(AssertionError):
        assert_log_is_clean(f"2030-01-01 info {line}\n", provider)


def test_an_ordinary_log_is_fine(gateway, provider):
    gateway.chat("tell me a secret")
    assert_log_is_clean("2030-01-01 info request model=chat status=200 tokens=22\n", provider)
