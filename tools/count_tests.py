#!/usr/bin/env python3
"""Adds up the JUnit reports in a folder and prints `N passed, M failed, K skipped`."""
import pathlib
import sys
import xml.etree.ElementTree as ElementTree


def tally(report):
    """(passed, failed, skipped) of one report; a killed run may have left half a file."""
    try:
        cases = list(ElementTree.parse(report).iter("testcase"))
    except ElementTree.ParseError:
        return 0, 1, 0
    failed = sum(any(case.find(tag) is not None for tag in ("failure", "error")) for case in cases)
    skipped = sum(case.find("skipped") is not None or case.get("status") == "notrun"
                  for case in cases)
    return len(cases) - failed - skipped, failed, skipped


totals = [sum(column) for column in
          zip((0, 0, 0), *map(tally, pathlib.Path(sys.argv[1]).glob("*.xml")))]
print("{} passed, {} failed, {} skipped".format(*totals))
