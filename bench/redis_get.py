"""A bare GET of a cached answer: what a hit in Redis can't get below."""
import csv
import subprocess

from contenders import CONTENDER_CORE, Failure

GETS = 50_000


def measure(port):
    """The median time of a GET over one connection, by redis-benchmark in the contender's place."""
    key = run("redis-cli", "-p", str(port), "randomkey").strip()
    table = run("taskset", "-c", str(CONTENDER_CORE), "redis-benchmark", "-p", str(port), "-c", "1",
                "-n", str(GETS), "--csv", "GET", key)
    row = next(csv.DictReader(table.splitlines()))
    return {"p50_us": float(row["p50_latency_ms"]) * 1e3,
            "value_bytes": int(run("redis-cli", "-p", str(port), "strlen", key))}


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failure(f"{command[0]} ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout
