"""The commands that a prompt gives the fake provider. docs/testing.md explains each with an example.

    text      = word *( " " word )
    word      = command | anything else, which is ignored
    command   = "!" name *argument        as many arguments as COMMANDS says
    condition = "!on" MODEL | "!first" N | "!after" N
                                          the commands after it count only when it holds;
                                          "!on" starts a new condition, the others narrow it
"""

import dataclasses

COMMANDS = {
    # An error instead of an answer.
    "status": [int],        # this status with an error body; `retry-after S` may follow
    "html": [int],          # this status with a web page
    "close": [],            # no answer at all, the connection just closes
    "garbage": [],          # an answer that is not HTTP
    # Time.
    "slow": [float],        # before the head
    "ttft": [float],        # after the head, before the first delta or the body
    "gap": [float],         # between two deltas
    # An answer that breaks. N counts deltas; a JSON answer breaks in the middle of its body.
    "cut": [int],           # closes after N deltas
    "stall": [int],         # hangs after N deltas until the client leaves
    "error": [int],         # an error event after N deltas
    "reset": [str],         # RST: `head` = before the answer, else after N deltas
    "half": [],             # the first half of the JSON, announced as if it were all of it
    "length": [int],        # Content-Length is wrong by this much
    "nodone": [],           # the stream ends without [DONE]
    # The connection.
    "split": [int],         # written in pieces of this many bytes
    "http10": [],           # HTTP/1.0 without a length: ends with the connection
    "interim": [],          # 103 Early Hints first
    "bye": [],              # closes after the answer without having said so
    "stale": [],            # drops the next request on this connection
    # The answer itself.
    "tools": [],            # calls the first tool
    "words": [int],         # as many words
    "pad": [int],           # makes each of them so much longer
    "usage": [int, int],    # prompt and completion tokens
    "nousage": [],          # no usage
    "dimensions": [int],    # of embeddings, whatever was asked for
}


@dataclasses.dataclass
class Commands:
    given: dict[str, list]
    retry_after: str | None = None

    def has(self, name: str) -> bool:
        return name in self.given

    def get(self, name: str, default=None):
        """The first argument of a command, or `default` when it was not given."""
        return self.given[name][0] if name in self.given else default


def parse_commands(text: str, model: str, call: int) -> Commands:
    """`call` says how often this text has been sent, this time included."""
    commands = Commands({})
    words = iter(text.split())
    holds = True
    for word in words:
        name = word[1:] if word.startswith("!") else ""
        if name == "on":
            holds = next(words, "") == model
        elif name == "first":
            holds = holds and call <= int(next(words, "0"))
        elif name == "after":
            holds = holds and call > int(next(words, "0"))
        elif name in COMMANDS:
            arguments = [convert(next(words, "0")) for convert in COMMANDS[name]]
            if holds:
                commands.given[name] = arguments
        elif word == "retry-after" and commands.has("status"):
            commands.retry_after = next(words, "0")
    return commands
