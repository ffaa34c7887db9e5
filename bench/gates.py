"""Fails when a proxied request or a cached answer costs too many syscalls or user instructions."""
import dataclasses

import cases
import contenders
import counts

# Syscalls: room above the goal, for libraries that differ a little. Instructions: what they are now and
# some room, so that they only ever get fewer on the way to the goal. A cached answer's hold SHA-256 without
# the processor's help, which valgrind does not have: 18,500 of them.


@dataclasses.dataclass(frozen=True)
class Limit:
    """What may be counted per request of a case."""
    title: str
    case: str
    count: str  # "syscalls" or "instructions"
    limit: float
    goal: float | None


LIMITS = (
    Limit("syscalls per proxied request", "chat", "syscalls", 4.4, cases.SYSCALL_GOAL),
    Limit("syscalls per cached answer", "cached", "syscalls", 2.3, cases.CACHED_SYSCALL_GOAL),
    Limit("instructions per proxied request", "chat", "instructions", 28_000, cases.INSTRUCTION_GOAL),
    Limit("instructions per cached answer", "cached", "instructions", 40_500, None),
)
TOOLS = {
    "syscalls": (counts.can_count_syscalls, counts.syscalls_per_request, "strace may not trace here"),
    "instructions": (counts.can_count_instructions, counts.instructions_per_request,
                     "valgrind does not run here"),
}


def check(field, limit):
    can_count, per_request, hindrance = TOOLS[limit.count]
    if not can_count():
        print(f"{limit.title}: skipped, {hindrance}")
        return True
    figure = per_request(field, "sluice", cases.CASES[limit.case])
    goal = "" if limit.goal is None else f", goal {limit.goal:,}"
    verdict = "ok" if figure <= limit.limit else "TOO MANY"
    print(f"{limit.title}: {figure:,.2f} (limit {limit.limit:,}{goal}): {verdict}")
    return figure <= limit.limit


def main():
    field = contenders.Field()
    passed = [check(field, limit) for limit in LIMITS]
    return 0 if all(passed) else 1


contenders.run_main(main)
