"""Fails when a proxied request costs too many syscalls or user instructions."""
import cases
import contenders
import counts

# Syscalls: room above the goal, for libraries that differ a little. Instructions: what they are now and
# some room, so that they only ever get fewer on the way to the goal.
MAX_SYSCALLS, MAX_INSTRUCTIONS = 4.6, 40_000


def check(what, figure, limit, goal):
    verdict = "ok" if figure <= limit else "TOO MANY"
    print(f"{what} per proxied request: {figure:,.2f} (limit {limit:,}, goal {goal:,}): {verdict}")
    return figure <= limit


def main():
    field = contenders.Field()
    passed = True
    if counts.can_count_syscalls():
        figure = counts.syscalls_per_request(field, "sluice")
        passed &= check("syscalls", figure, MAX_SYSCALLS, cases.SYSCALL_GOAL)
    else:
        print("syscalls: skipped, strace may not trace here")
    if counts.can_count_instructions():
        figure = counts.instructions_per_request(field, "sluice")
        passed &= check("instructions", figure, MAX_INSTRUCTIONS, cases.INSTRUCTION_GOAL)
    else:
        print("instructions: skipped, valgrind does not run here")
    return 0 if passed else 1


contenders.run_main(main)
