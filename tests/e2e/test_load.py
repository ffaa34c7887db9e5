"""Many clients at once, some of whom leave: all answers whole, nothing left behind."""

import asyncio
import json
import os
import random

import pytest

from raw_http import encode_request, wait_until

pytestmark = pytest.mark.sluice_only("would take minutes")

CLIENTS = 60
ROUNDS = 5


def open_files(gateway) -> int:
    return len(os.listdir(f"/proc/{gateway.process.pid}/fd"))


def request(gateway, text: str, stream: bool) -> bytes:
    body = {"model": "chat", "stream": stream, "messages": [{"role": "user", "content": text}]}
    return encode_request("POST", "/v1/chat/completions", {"Authorization": f"Bearer {gateway.key}"},
                          json.dumps(body).encode())


async def read_answer(reader: asyncio.StreamReader) -> bytes:
    """The body of one answer, chunked or not."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    assert head.startswith("http/1.1 200 "), head
    if "transfer-encoding: chunked" not in head:
        length = int(head.split("\r\ncontent-length: ")[1].split("\r\n")[0])
        return await reader.readexactly(length)
    body = b""
    while size := int(await reader.readuntil(b"\r\n"), 16):
        body += (await reader.readexactly(size + 2))[:-2]
    await reader.readexactly(2)
    return body


async def client(gateway, number: int, leaves: bool) -> None:
    """Asks one after the other over one connection; one that leaves does so in the middle of an answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    try:
        for turn in range(ROUNDS):
            text = f"client {number} turn {turn}"
            writer.write(request(gateway, f"!gap 0.001 {text}", stream=(number + turn) % 2 == 0))
            if leaves and turn == ROUNDS - 1:
                await asyncio.sleep(random.random() * 0.01)
                return
            body = (await read_answer(reader)).decode()
            said = body if "chat.completion.chunk" not in body else "".join(
                json.loads(line[6:])["choices"][0]["delta"].get("content") or ""
                for line in body.split("\n") if line.startswith("data: {"))
            assert text in said
    finally:
        writer.close()


async def crowd(gateway) -> None:
    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        for number in range(CLIENTS):
            group.create_task(client(gateway, number, leaves=number % 3 == 0))


@pytest.mark.smoke
def test_every_client_gets_its_own_answers_and_nothing_is_left_behind(gateway, provider):
    before = open_files(gateway)
    for _ in range(3):
        asyncio.run(crowd(gateway))
    provider.wait_for(lambda calls: all(call.outcome for call in calls), 5)
    # What stays open are kept connections to the provider, never more than were busy at once.
    wait_until(lambda: open_files(gateway) <= before + CLIENTS, 5)


@pytest.mark.smoke
def test_a_thousand_clients_that_leave_leave_nothing(gateway, provider):
    before = open_files(gateway)
    sent = request(gateway, "!slow 60", stream=True)
    for count in (1, len(sent) // 2, len(sent) - 1, len(sent)):
        for _ in range(250):
            with gateway.open() as leaver:
                leaver.send(sent[:count])
    wait_until(lambda: open_files(gateway) <= before + 20, 10)
    provider.wait_for(lambda calls: all(call.outcome for call in calls), 5)
