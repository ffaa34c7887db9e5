"""Measures the cases in interleaved rounds; prints a table and keeps every sample.

  measure.py [--rounds N] [--cases NAME,...] [--contenders NAME,...] [--patience SECONDS]
             [--peers] [--publish]
"""
import argparse
import contextlib
import dataclasses
import json
import platform
import subprocess
import sys
import time

import cases
import contenders
import counts
import load
import machine
import redis_get
import report


def parse_arguments():
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--cases", help="only these, by comma: " + ",".join(cases.CASES))
    parser.add_argument("--contenders", help="only these, by comma")
    parser.add_argument("--patience", type=float, default=600,
                        help="seconds to wait, all in all, for other processes to be quiet")
    parser.add_argument("--peers", action="store_true", help="with LiteLLM, and less load")
    parser.add_argument("--publish", action="store_true",
                        help="put the table into docs/performance.md")
    return parser.parse_args()


def sample(field, name, case, patience):
    """One sample of a contender in a case, as a dictionary with the case's figure in it."""
    with contextlib.ExitStack() as stack:
        provider = stack.enter_context(field.provider(case.provider, case.tls))
        if case.redis:
            stack.enter_context(field.redis())
            fill_redis(field, case)
        patience.wait_until_quiet()
        if name == "redis":
            return redis_get.measure(field.redis_port)
        contender, seconds = stack.enter_context(
            field.contender(name, case.tls, config=case.config_of(name)))
        if not case.load:
            time.sleep(0.3)
            memory = machine.resident_mb(machine.process_tree(contender.pid))
            return {"ready_ms": seconds * 1000, "idle_mb": memory}
        port = field.contenders[name].ports[case.nginx]
        if case.fill and not case.redis:
            load.generate(port, case.fill)
        run = load.measure(port, case.load, contender, provider, patience, case.max_foreign)
        check_cached(name, case, run)
        return dataclasses.asdict(run)


def fill_redis(field, case):
    """Through a Sluice of its own: LiteLLM, which shares its entries, would take minutes."""
    with field.contender("sluice", config=case.config):
        load.generate(field.contenders["sluice"].ports["chat"], case.fill)


def check_cached(name, case, run):
    cached = 1 - run.missed_percent / 100
    if name == "sluice" and not case.least_cached <= cached <= case.most_cached:
        raise contenders.Failure(f"{case.title}: {cached:.1%} of the replies came from the cache")


def measure(field, chosen, only, rounds, patience):
    """{case: {contender: [sample of each round]}}; contenders take turns within a round. Cases with
    the same run share its sample."""
    samples = {name: {contender: [] for contender in case.contenders if only(contender)}
               for name, case in chosen.items()}
    for number in range(rounds):
        taken = {}
        for name, case in chosen.items():
            print(f"== round {number + 1} of {rounds}: {case.title}", file=sys.stderr)
            for contender, kept in samples[name].items():
                run = (contender, case.run())
                if run not in taken:
                    taken[run] = sample(field, contender, case, patience)
                kept.append(taken[run])
    return samples


def count(field, names):
    """{kind of report.COUNT_ROWS: {contender: per request}}; empty where the tools can't run."""
    tools = {"syscalls": (counts.can_count_syscalls, counts.syscalls_per_request),
             "instructions": (counts.can_count_instructions, counts.instructions_per_request)}
    found = {}
    for tool, (can_count, per_request) in tools.items():
        if can_count():
            found[tool] = {name: per_request(field, name) for name in names}
            found[f"cached_{tool}"] = {name: per_request(field, name, cases.CASES["cached"])
                                       for name in names}
    return found


def versions(names):
    commands = {"sluice": [str(contenders.RELEASE / "sluice"), "version"], "nginx": ["nginx", "-v"],
                "haproxy": ["haproxy", "-v"], "litellm": [contenders.litellm_command(), "--version"],
                "redis": ["redis-server", "--version"]}
    outputs = {name: subprocess.run(commands[name], capture_output=True, text=True, check=False)
               for name in names if name in commands}
    return {name: (output.stdout + output.stderr).strip().splitlines()[-1 if name == "litellm" else 0]
            for name, output in outputs.items()}


def leave_out_without_model(chosen):
    needing = [name for name, case in chosen.items() if case.model]
    if not needing or contenders.has_model():
        return
    print(f"== left out: {', '.join(needing)}; the encoder is missing, `sluice model pull` fetches it",
          file=sys.stderr)
    for name in needing:
        del chosen[name]


def main():
    arguments = parse_arguments()
    known = cases.PEER_CASES if arguments.peers else cases.CASES
    chosen = {name: known[name] for name in (arguments.cases or ",".join(known)).split(",")}
    leave_out_without_model(chosen)
    names = arguments.contenders.split(",") if arguments.contenders else None
    field = contenders.Field()
    samples = measure(field, chosen, lambda name: names is None or name in names,
                      arguments.rounds, machine.Patience(arguments.patience))
    present = [name for name in report.TITLES if any(name in row for row in samples.values())]
    results = {
        "machine": {"cpu": machine.cpu_model(), "kernel": platform.release().split("-")[0],
                    "date": time.strftime("%Y-%m-%d")},
        "contenders": present,
        "versions": versions(present),
        "rounds": arguments.rounds,
        "samples": samples,
        "counts": {} if arguments.peers or arguments.cases else count(field, [
            name for name in present if name in cases.CASES["chat"].contenders]),
    }
    name, pair = (("peers", ("litellm", "sluice")) if arguments.peers
                  else ("results", ("sluice", "nginx")))
    (contenders.WORK / f"{name}.json").write_text(json.dumps(results, indent=1))
    table = report.table(results, chosen, pair)
    print(table)
    if arguments.publish:
        report.publish(name, table)


contenders.run_main(main)
