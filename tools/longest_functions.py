#!/usr/bin/env python3
"""Prints the ten longest functions: what to look at first in a review.

Works on clang-format's layout: a function's last line is the brace at its own indent.
"""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
HEAD = re.compile(r"( {0,2})(?!namespace|class|struct|enum|union|if|for|while|switch|else|\})"
                  r"[\w:<~\[].*\{$")


def functions_in(path):
    lines = path.read_text().splitlines()
    number = 0
    while number < len(lines):
        head = HEAD.match(lines[number])
        if not head or "(" not in "".join(lines[max(0, number - 3):number + 1]):
            number += 1
            continue
        start = number
        while number + 1 < len(lines) and lines[number].rstrip(";") != head[1] + "}":
            number += 1
        yield number - start + 1, f"{path.relative_to(ROOT)}:{start + 1}", lines[start].strip(" {")


found = [function for folder in ("src", "apps", "bench") for path in (ROOT / folder).rglob("*")
         if path.suffix in (".h", ".cc") and not path.stem.endswith("_test")
         for function in functions_in(path)]
for length, where, head in sorted(found, reverse=True)[:10]:
    print(f"{length:4}  {where}  {head}")
