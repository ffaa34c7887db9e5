"""What is compared, and the goals."""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Case:
    """One row: the figure is a field of load.Run or of a start; the goal is for Sluice's ratio to
    nginx in the same round or, with `absolute`, for Sluice's own figure."""
    title: str
    figure: str
    unit: str
    goal: float | None
    load: tuple = ()
    provider: tuple = ()
    nginx: str = "chat"    # the variant of nginx and HAProxy
    config: str = "bench.yaml"  # of Sluice, in config/
    tls: bool = False
    absolute: bool = False
    max_foreign: float = 0.1
    contenders: tuple = ("sluice", "nginx", "haproxy")


CLOSED = ("-c", 64, "-w", 0.7, "-t", 1.5)
AT_ONCE = ("-s", "-c", 1000, "-n", 1000, "-w", 0, "-t", 60)
CPU = "us_per_request", "µs CPU/request"
PER_EVENT = "us_per_event", "µs CPU/event"
CACHED = "bench-cache.yaml"

CASES = {
    "chat": Case("chat, 600 B each way", *CPU, goal=0.80, load=CLOSED),
    "chat_4k": Case("chat, 4 KB, reply 2 KB", *CPU, goal=0.80,
                    load=(*CLOSED, "-b", 4096), provider=("-b", 2048)),
    "body_100k": Case("chat, 100 KB, nginx as it comes", *CPU, goal=0.26,
                      load=(*CLOSED, "-b", 100_000), provider=("-b", 2048)),
    "body_100k_memory": Case("chat, 100 KB, nginx with a 256 KB buffer", *CPU, goal=0.80,
                             load=(*CLOSED, "-b", 100_000), provider=("-b", 2048),
                             nginx="large_buffer"),
    "tls": Case("chat, 600 B, TLS 1.3 to the provider", *CPU, goal=0.90, load=CLOSED, nginx="tls",
                tls=True),
    # The ticks of /proc/stat beat with the provider's timer, so foreign load reads too high.
    "stream": Case("600 streams of 50 events, 20 ms apart", "us_per_event", "µs CPU/event",
                   goal=0.80, load=("-s", "-r", 600, "-c", 950, "-w", 2.5, "-t", 2),
                   nginx="stream", max_foreign=0.5),
    "in_flight": Case("3,500 requests in flight", "resident_mb", "MB", goal=1.0,
                      load=("-c", 3500, "-w", 2.5, "-t", 1.5), provider=("-d", 1000),
                      max_foreign=0.5),
    "idle": Case("idle, after the start", "idle_mb", "MB", goal=10.5, absolute=True),
    "ready": Case("start to first answer", "ready_ms", "ms", goal=100, absolute=True),
    "fixed": Case("no provider, `return 200`: what a cached reply is up against", *CPU, goal=None,
                  load=CLOSED, nginx="fixed", contenders=("nginx", "haproxy")),
    # The first request is the only one that reaches the provider; it falls into the warm-up.
    "cached": Case("cached answer from memory, 600 B, beside `return 200`", *CPU, goal=1.0, load=CLOSED,
                   nginx="fixed", config=CACHED),
    "proxy_cache": Case("cached answer from memory, 600 B, beside proxy_cache", *CPU, goal=None, load=CLOSED,
                        nginx="proxy_cache", config=CACHED, contenders=("sluice", "nginx")),
    # All ask the same at the same time: one call to the provider, which 999 others follow.
    "fan_out": Case("1,000 equal streams at once, one call for all", *PER_EVENT, goal=None, load=AT_ONCE,
                    nginx="stream", config=CACHED, max_foreign=0.5, contenders=("sluice", "nginx")),
    "relayed": Case("1,000 streams at once, a call for each", *PER_EVENT, goal=None, load=AT_ONCE,
                    nginx="stream", max_foreign=0.5, contenders=("sluice", "nginx")),
}

# With LiteLLM beside it: what one of its processes can keep up with.
WITH_LITELLM = ("sluice", "nginx", "litellm")
PEER_CASES = {
    "chat": Case("chat, 600 B each way", *CPU, goal=None, contenders=WITH_LITELLM,
                 load=("-c", 64, "-w", 4, "-t", 6)),
    "stream": Case("10 streams/s of 50 events, 20 ms apart", "us_per_event", "µs CPU/event",
                   goal=None, contenders=WITH_LITELLM, nginx="stream", max_foreign=0.5,
                   load=("-s", "-r", 10, "-c", 100, "-w", 3, "-t", 4)),
    "idle": Case("idle, after the start", "idle_mb", "MB", goal=None, absolute=True,
                 contenders=WITH_LITELLM),
    "ready": Case("start to first answer", "ready_ms", "ms", goal=None, absolute=True,
                  contenders=WITH_LITELLM),
}

SYSCALL_GOAL, INSTRUCTION_GOAL = 4.3, 20_000
CACHED_SYSCALL_GOAL = 2.2
