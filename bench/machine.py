"""What /proc tells about processes and cores, and waiting for a quiet machine."""
import os
import pathlib
import time

PROC = pathlib.Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")


def process_tree(pid):
    """pid and all its descendants."""
    found, waiting = [], [pid]
    while waiting:
        process = waiting.pop()
        found.append(process)
        for task in (PROC / str(process) / "task").glob("*/children"):
            waiting += map(int, task.read_text().split())
    return found


def cpu_seconds(pids):
    """CPU time of processes, to the nanosecond; the ticks in /proc/PID/stat are too coarse."""
    return sum(int(schedstat.read_text().split()[0])
               for pid in pids for schedstat in (PROC / str(pid) / "task").glob("*/schedstat")) / 1e9


def resident_mb(pids):
    pages = sum(int((PROC / str(pid) / "statm").read_text().split()[1]) for pid in pids)
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def busy_seconds():
    """CPU time that all cores have spent on anything but idling."""
    user, nice, system, _idle, _iowait, irq, softirq, steal = map(
        int, (PROC / "stat").read_text().split("\n")[0].split()[1:9])
    return (user + nice + system + irq + softirq + steal) / TICKS


def cpu_model():
    lines = (PROC / "cpuinfo").read_text().splitlines()
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "?")


class Patience:
    """A bounded amount of waiting for a quiet machine, shared by all runs."""

    QUIET = 0.12  # cores in use

    def __init__(self, seconds):
        self.left = seconds

    def wait_until_quiet(self):
        while self.left > 0:
            begin, used = time.monotonic(), busy_seconds()
            time.sleep(0.4)
            took = time.monotonic() - begin
            if (busy_seconds() - used) / took <= self.QUIET:
                return
            self.left -= took
