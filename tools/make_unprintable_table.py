#!/usr/bin/env python3
"""Writes src/base/python_unprintable.inc: the code points from U+0080 on that repr() escapes.

    python3.13 tools/make_unprintable_table.py src/base/python_unprintable.inc

The interpreter's own Unicode version counts, so it must be the one that python_repr.h names.
"""

import sys
import unicodedata

VERSION = "15.1.0"


def ranges():
    first = None
    for point in range(0x80, 0x110001):
        printable = point == 0x110000 or chr(point).isprintable()
        if first is None and not printable:
            first = point
        elif first is not None and printable:
            yield f"{{{first:#x}, {point - 1:#x}}},"
            first = None


def main(path):
    if unicodedata.unidata_version != VERSION:
        sys.exit(f"this Python has Unicode {unicodedata.unidata_version}, the table is of {VERSION}")
    rows = list(ranges())
    with open(path, "w", encoding="ascii") as out:
        out.write(f"// Made by tools/make_unprintable_table.py from Unicode {VERSION}.\n")
        for at in range(0, len(rows), 4):
            out.write(" ".join(rows[at : at + 4]) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
