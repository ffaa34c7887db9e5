"""Results as a Markdown table, the goals beside them."""
import operator
import re
import statistics

import cases
import contenders

DOCUMENT = contenders.ROOT / "docs/performance.md"

TITLES = {"sluice": "Sluice", "nginx": "nginx", "haproxy": "HAProxy", "litellm": "LiteLLM",
          "redis": "Redis GET", "exact": "Sluice, exact only"}
COUNT_ROWS = {"syscalls": ("syscalls per proxied request", cases.SYSCALL_GOAL),
              "instructions": ("user instructions per proxied request", cases.INSTRUCTION_GOAL),
              "cached_syscalls": ("syscalls per cached request, beside `return 200`",
                                  cases.CACHED_SYSCALL_GOAL),
              "cached_instructions": ("user instructions per cached request, beside `return 200`", None)}


def number(value):
    """Three significant digits, without an exponent."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def compare(figures, others, how=operator.truediv):
    """Median ratio (or difference) of two lists of figures taken in the same rounds, with its range, as
    text."""
    by_round = [how(figure, other) for figure, other in zip(figures, others)]
    if not by_round:
        return None, "–"
    ratio = statistics.median(by_round)
    spread = f" ({number(min(by_round))}–{number(max(by_round))})" if len(by_round) > 1 else ""
    return ratio, f"**{number(ratio)}**{spread}"


def case_line(case, row, names, pair):
    figures = {name: [sample[case.figure] for sample in kept] for name, kept in row.items()}
    medians = {name: statistics.median(kept) for name, kept in figures.items()}
    if case.beside:
        pair = ("sluice", case.beside)
    how = operator.sub if case.difference else operator.truediv
    ratio, shown = compare(*(figures.get(name, []) for name in pair), how)
    if ratio is not None and case.beside:
        shown += f" {'above' if case.difference else 'of'} {TITLES[case.beside]}"
    judged = medians.get("sluice") if case.absolute else ratio
    return line([case.title, case.unit, *(medians.get(name) for name in names), shown,
                 goal(case.goal, judged)])


def count_line(kind, by_name, names, pair):
    title, limit = COUNT_ROWS[kind]
    _, shown = compare(*([by_name[name]] if name in by_name else [] for name in pair))
    return line([title, "", *(by_name.get(name) for name in names), shown,
                 goal(limit, by_name.get("sluice"))])


def goal(limit, figure):
    if limit is None:
        return "–"
    verdict = "" if figure is None else " ✓" if figure <= limit else " ✗"
    return f"≤ {number(limit)}{verdict}"


def line(cells):
    shown = ("–" if cell is None else number(cell) if isinstance(cell, float) else cell
             for cell in cells)
    return "| " + " | ".join(shown) + " |"


def table(results, chosen, pair):
    """pair: the two contenders whose ratio is shown; goals are for Sluice by nginx."""
    names = results["contenders"]
    ratio_title = " / ".join(TITLES[name] for name in pair)
    lines = [line(["case", "figure", *(TITLES[name] for name in names), ratio_title, "goal"]),
             line(["---", "---", *["--:"] * (len(names) + 1), "---"])]
    lines += [case_line(case, results["samples"][name], names, pair)
              for name, case in chosen.items()]
    lines += [count_line(kind, by_name, names, pair)
              for kind, by_name in results["counts"].items()]
    about = results["machine"]
    lines += ["", f"Median of {results['rounds']} rounds, lowest and highest ratio in brackets. "
                  f"{about['cpu']}, Linux {about['kernel']}, {about['date']}; "
                  + "; ".join(results["versions"].values()) + "."]
    return "\n".join(lines)


def publish(name, text):
    """Puts the table between the marks of that name in docs/performance.md."""
    begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
    document = DOCUMENT.read_text()
    DOCUMENT.write_text(re.sub(f"{begin}.*?{end}", lambda _: f"{begin}{text}\n{end}", document,
                               flags=re.S))
