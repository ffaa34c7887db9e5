"""One run of the load generator, with what it cost the others."""
import dataclasses
import json
import os
import subprocess
import time

import machine
from contenders import CLIENT_KEY, LOAD, LOAD_CORE, Failure

TRIES = 3


@dataclasses.dataclass(frozen=True)
class Run:
    """A contender's side of one run."""
    done: int
    requests_per_second: float
    us_per_request: float
    us_per_event: float
    resident_mb: float
    event_delay_us: dict
    latency_us: dict
    p50_us: float
    p50_ms: float
    p99_ms: float
    missed_percent: float  # of Sluice: not from its cache
    foreign_cores: float


def generate(port, options, pids=()):
    """Runs the generator; returns its report and (CPU s, resident MB) of pids while measuring."""
    command = ["taskset", "-c", str(LOAD_CORE), str(LOAD), "-p", str(port), "-k", CLIENT_KEY,
               *map(str, options)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True) as generator:
        generator.stdout.readline()  # "measuring"
        before = machine.cpu_seconds(pids)
        line = generator.stdout.readline()
        cpu, memory = machine.cpu_seconds(pids) - before, machine.resident_mb(pids)
        generator.stdin.close()
    if generator.returncode != 0:
        raise Failure(f"the load generator ended with {generator.returncode}: {' '.join(command)}")
    report = json.loads(line)
    if report["refused"] or report["errors"] or not report["done"]:
        raise Failure(f"port {port}: {line.strip()}; a run counts only without errors")
    return report, cpu, memory


def measure(port, options, contender, provider, patience, max_foreign):
    """The run with the least foreign load; the first one under max_foreign cores ends the search."""
    best = None
    for _ in range(TRIES):
        patience.wait_until_quiet()
        run = measure_once(port, options, contender, provider)
        if best is None or run.foreign_cores < best.foreign_cores:
            best = run
        if best.foreign_cores < max_foreign or patience.left <= 0:
            break
    return best


def children_cpu_seconds():
    """CPU time of the generators so far, and our own."""
    return sum(os.times()[:4])


def measure_once(port, options, contender, provider):
    pids = machine.process_tree(contender.pid)
    ours = [*pids, *machine.process_tree(provider.pid)]
    begin, busy_before, ours_before = time.monotonic(), machine.busy_seconds(), machine.cpu_seconds(ours)
    children_before = children_cpu_seconds()
    report, cpu, memory = generate(port, options, pids)
    if contender.poll() is not None:
        raise Failure(f"another process answers on port {port}; see {contender.log}")
    took = time.monotonic() - begin
    foreign = (machine.busy_seconds() - busy_before - (machine.cpu_seconds(ours) - ours_before)
               - (children_cpu_seconds() - children_before))
    return Run(done=report["done"],
               requests_per_second=report["done"] / report["seconds"],
               us_per_request=cpu * 1e6 / report["done"],
               us_per_event=cpu * 1e6 / max(1, report["events"]),
               resident_mb=memory,
               event_delay_us=report["event_delay_us"],
               latency_us=report["latency_us"],
               p50_us=report["latency_us"]["p50"],
               p50_ms=report["latency_us"]["p50"] / 1e3,
               p99_ms=report["latency_us"]["p99"] / 1e3,
               missed_percent=100 * (1 - report["cached"] / report["done"]),
               foreign_cores=foreign / took)
