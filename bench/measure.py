"""Measures the cases in interleaved rounds; prints a table and keeps every sample.

  measure.py [--rounds N] [--cases NAME,...] [--contenders NAME,...] [--patience SECONDS]
             [--peers] [--publish]
"""
import argparse
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
    with field.provider(case.provider, case.tls) as provider:
        patience.wait_until_quiet()
        with field.contender(name, case.tls, config=case.config) as (contender, seconds):
            if not case.load:
                time.sleep(0.3)
                memory = machine.resident_mb(machine.process_tree(contender.pid))
                return {"ready_ms": seconds * 1000, "idle_mb": memory}
            port = field.contenders[name].ports[case.nginx]
            run = load.measure(port, case.load, contender, provider, patience, case.max_foreign)
            return dataclasses.asdict(run)


def measure(field, chosen, only, rounds, patience):
    """{case: {contender: [sample of each round]}}; contenders take turns within a round."""
    samples = {name: {contender: [] for contender in case.contenders if only(contender)}
               for name, case in chosen.items()}
    for number in range(rounds):
        for name, case in chosen.items():
            print(f"== round {number + 1} of {rounds}: {case.title}", file=sys.stderr)
            for contender, kept in samples[name].items():
                kept.append(sample(field, contender, case, patience))
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
                "haproxy": ["haproxy", "-v"], "litellm": [contenders.litellm_command(), "--version"]}
    outputs = {name: subprocess.run(commands[name], capture_output=True, text=True, check=False)
               for name in names}
    return {name: (output.stdout + output.stderr).strip().splitlines()[-1 if name == "litellm" else 0]
            for name, output in outputs.items()}


def main():
    arguments = parse_arguments()
    known = cases.PEER_CASES if arguments.peers else cases.CASES
    chosen = {name: known[name] for name in (arguments.cases or ",".join(known)).split(",")}
    names = arguments.contenders.split(",") if arguments.contenders else None
    field = contenders.Field()
    samples = measure(field, chosen, lambda name: names is None or name in names,
                      arguments.rounds, machine.Patience(arguments.patience))
    present = sorted({contender for row in samples.values() for contender in row},
                     key=list(field.contenders).index)
    results = {
        "machine": {"cpu": machine.cpu_model(), "kernel": platform.release(),
                    "date": time.strftime("%Y-%m-%d")},
        "versions": versions(present),
        "rounds": arguments.rounds,
        "samples": samples,
        "counts": {} if arguments.peers or arguments.cases else count(field, present),
    }
    name, pair = (("peers", ("litellm", "sluice")) if arguments.peers
                  else ("results", ("sluice", "nginx")))
    (contenders.WORK / f"{name}.json").write_text(json.dumps(results, indent=1))
    table = report.table(results, chosen, pair)
    print(table)
    if arguments.publish:
        report.publish(name, table)


contenders.run_main(main)
