"""Figures without noise: syscalls and user instructions per request.

Each counts a whole process under the tool twice, for few and for many requests; the difference is
what the requests cost, without start and end.
"""
import re
import shutil
import subprocess

import cases
import contenders
import load
import machine

FEW, MANY = 2_000, 12_000


def can_run(*command):
    """True if the tool works here; containers often forbid tracing."""
    if shutil.which(command[0]) is None:
        return False
    return subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0


def can_count_syscalls():
    return can_run("strace", "-c", "-f", "-o", "/dev/null")


def can_count_instructions():
    return can_run("valgrind", "--tool=none", "--log-file=/dev/null")


def syscalls_per_request(field, name, case=cases.CASES["chat"]):
    output = contenders.WORK / "strace.out"
    return _per_request(field, name, case, ["strace", "-c", "-f", "-o", output],
                        lambda: _syscalls_in(output.read_text()))


def instructions_per_request(field, name, case=cases.CASES["chat"]):
    output = contenders.WORK / "valgrind.out"
    wrapper = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null",
               f"--log-file={output}"]
    return _per_request(field, name, case, wrapper, lambda: _instructions_in(output.read_text()))


def _per_request(field, name, case, wrapper, count):
    few, many = (_counted_run(field, name, case, wrapper, requests, count) for requests in (FEW, MANY))
    return (many[1] - few[1]) / (many[0] - few[0])


def _counted_run(field, name, case, wrapper, requests, count):
    """(requests answered, count of the whole process)."""
    port = field.contenders[name].ports[case.nginx]
    with field.provider():
        with field.contender(name, wrapper=wrapper, config=case.config):
            report, _, _ = load.generate(port, ("-w", 0, "-t", 120, "-n", requests))
    return report["done"], count()


def _syscalls_in(summary):
    """The calls column of `strace -c`: % time, seconds, usecs/call, calls, [errors,] syscall."""
    rows = re.findall(r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)$", summary, re.M)
    return sum(int(calls) for calls, syscall in rows if syscall != "total")


def _instructions_in(log):
    return int(re.search(r"I\s+refs:\s+([\d,]+)", log)[1].replace(",", ""))
