"""What is compared, and the goals."""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Case:
    """One row: the figure is a field of load.Run or of a start; the goal is for Sluice's ratio to
    nginx in the same round, or to `beside`; with `difference` for what Sluice's figure is above that;
    with `absolute` for Sluice's own figure. Cases that differ only in what they show share their
    runs."""
    title: str
    figure: str
    unit: str
    goal: float | None
    load: tuple = ()
    provider: tuple = ()
    nginx: str = "chat"    # the variant of nginx and HAProxy
    config: str = "bench.yaml"  # of Sluice and LiteLLM, in config/
    configs: tuple = ()         # (contender, its own config)
    fill: tuple = ()            # a load before the measured one; what is in Redis is filled by Sluice
    redis: bool = False         # with a Redis of its own
    model: bool = False         # needs the built-in encoder's file
    least_cached: float = 0     # the share of replies that Sluice must have from its cache
    most_cached: float = 1
    tls: bool = False
    absolute: bool = False
    beside: str = ""
    difference: bool = False
    max_foreign: float = 0.1
    contenders: tuple = ("sluice", "nginx", "haproxy")

    def config_of(self, contender):
        return dict(self.configs).get(contender, self.config)

    def run(self):
        """What decides how a run goes, without what is shown of it."""
        return dataclasses.replace(self, title="", figure="", unit="", goal=None, absolute=False,
                                   beside="", difference=False, contenders=())


CLOSED = ("-c", 64, "-w", 0.7, "-t", 1.5)
AT_ONCE = ("-s", "-c", 1000, "-n", 1000, "-w", 0, "-t", 60)
CPU = "us_per_request", "µs CPU/request"
PER_EVENT = "us_per_event", "µs CPU/event"
CACHED = "bench-cache.yaml"
MILLION = ("-q", 1_000_000)
# Each question is asked once; the last ones may still be under way when the first are asked again.
FILL_MILLION = (*MILLION, "-o", "-n", 1_001_000, "-w", 0, "-t", 600)
# Far more than the memory in front of Redis holds, which is about 1 % of them.
IN_REDIS = ("-q", 100_000)
REDIS = {"redis": True, "config": "bench-redis.yaml", "least_cached": 0.95,
         "configs": (("litellm", "bench-redis-litellm.yaml"),),
         "fill": (*IN_REDIS, "-o", "-n", 101_000, "-w", 0, "-t", 120)}
ONE_AT_A_TIME = ("-c", 1, "-w", 0.7, "-t", 2)
# Under 1,000 questions, since a scope with hardly a hit is looked up less often after so many; one
# run, since the second would find the answers of the first. A few of the questions that should be
# misses are taken for another one, hence most_cached.
SEMANTIC = {"model": True, "config": "bench-semantic.yaml", "max_foreign": float("inf")}
SEMANTIC_MISS = {**SEMANTIC, "configs": (("exact", "bench-semantic-off.yaml"),), "most_cached": 0.05,
                 "beside": "exact", "difference": True, "contenders": ("sluice", "exact"),
                 "load": ("-b", 0, "-q", 10_000, "-o", "-r", 100, "-c", 4, "-w", 1, "-t", 8)}
# A single question among others, asked again and again with other capitals.
SEMANTIC_HIT = {**SEMANTIC, "least_cached": 1, "absolute": True, "contenders": ("sluice",),
                "fill": ("-b", 0, "-q", 900, "-o", "-n", 910, "-c", 4, "-w", 0, "-t", 60),
                "load": ("-b", 0, "-q", 1 << 17, "-a", "-r", 100, "-c", 4, "-w", 1, "-t", 8)}

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
    "million": Case("one of 1,000,000 cached answers, drawn evenly, beside `return 200`", *CPU, goal=1.0,
                    fill=FILL_MILLION, load=(*CLOSED, *MILLION), least_cached=0.999, nginx="fixed",
                    config="bench-cache-large.yaml", contenders=("sluice", "nginx")),
    # An ideal cache would keep the tenth asked most, which 16.0 % of requests do not ask for.
    "zipf": Case("1,000,000 questions by Zipf's law (exponent 1), memory for a tenth", "missed_percent",
                 "% missed", goal=None, absolute=True, contenders=("sluice",), max_foreign=float("inf"),
                 fill=(*MILLION, "-z", 1, "-n", 1_500_000, "-w", 0, "-t", 600),
                 load=(*CLOSED, *MILLION, "-z", 1), config="bench-cache-small.yaml"),
    "redis_hit": Case("hit in Redis, one at a time, beside a bare GET of it", "p50_us", "µs, p50", goal=None,
                      beside="redis", contenders=("sluice", "redis"), load=(*ONE_AT_A_TIME, *IN_REDIS),
                      **REDIS),
    "redis_hit_cpu": Case("hit in Redis, one at a time", *CPU, goal=None, absolute=True,
                          contenders=("sluice",), load=(*ONE_AT_A_TIME, *IN_REDIS), **REDIS),
    "redis_hits": Case("hits in Redis, 64 at once, beside `return 200`", *CPU, goal=None, nginx="fixed",
                       contenders=("sluice", "nginx"), load=(*CLOSED, *IN_REDIS), **REDIS),
    "semantic_hit": Case("semantic hit, 100 questions/s", "p50_ms", "ms, p50", goal=2, **SEMANTIC_HIT),
    "semantic_hit_p99": Case("semantic hit, 100 questions/s", "p99_ms", "ms, p99", goal=None,
                             **SEMANTIC_HIT),
    "semantic_miss": Case("semantic miss, 100 questions/s, beside the cache without", "p50_ms",
                          "ms, p50", goal=1.5, **SEMANTIC_MISS),
    "semantic_miss_p99": Case("semantic miss, 100 questions/s, beside the cache without", "p99_ms",
                              "ms, p99", goal=3, **SEMANTIC_MISS),
}

# With LiteLLM beside it: what one of its processes can keep up with.
WITH_LITELLM = ("sluice", "nginx", "litellm")
PEER_CASES = {
    "chat": Case("chat, 600 B each way", *CPU, goal=None, contenders=WITH_LITELLM,
                 load=("-c", 64, "-w", 4, "-t", 6)),
    "stream": Case("10 streams/s of 50 events, 20 ms apart", "us_per_event", "µs CPU/event",
                   goal=None, contenders=WITH_LITELLM, nginx="stream", max_foreign=0.5,
                   load=("-s", "-r", 10, "-c", 100, "-w", 3, "-t", 4)),
    "redis_hit": Case("hit in Redis, one at a time", "p50_us", "µs, p50", goal=None,
                      contenders=("sluice", "redis", "litellm"), load=(*ONE_AT_A_TIME, *IN_REDIS),
                      **REDIS),
    "idle": Case("idle, after the start", "idle_mb", "MB", goal=None, absolute=True,
                 contenders=WITH_LITELLM),
    "ready": Case("start to first answer", "ready_ms", "ms", goal=None, absolute=True,
                  contenders=WITH_LITELLM),
}

SYSCALL_GOAL, INSTRUCTION_GOAL = 4.3, 20_000
CACHED_SYSCALL_GOAL = 2.2
