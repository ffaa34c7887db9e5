#!/usr/bin/env python3
"""Checks that every file includes only its own module and modules on lower floors.

The floors are in src/LAYERS. Prints one line per offender and exits with 1.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'\s*#\s*include\s+"([^"/]+)/')


def read_floors():
    floors = {}
    for line in (ROOT / "src/LAYERS").read_text().splitlines():
        if line and not line.startswith("#"):
            floor, *modules = line.split()
            floors.update(dict.fromkeys(modules, int(floor)))
    return floors


def offences_in(path, module, floors):
    for number, line in enumerate(path.read_text().splitlines(), 1):
        include = INCLUDE.match(line)
        if not include or include[1] == path.parent.name:
            continue
        needed = floors.get(include[1])
        where = f"{path.relative_to(ROOT)}:{number}"
        if needed is None:
            yield f"{where}: src/LAYERS does not list {include[1]}"
        elif needed >= floors[module]:
            yield (f"{where}: {module} (floor {floors[module]}) must not include "
                   f"{include[1]} (floor {needed})")


def offences():
    floors = read_floors()
    for folder in [*sorted((ROOT / "src").iterdir()), ROOT / "apps"]:
        if not folder.is_dir():
            continue
        if folder.name not in floors:
            yield f"{folder.relative_to(ROOT)}: not listed in src/LAYERS"
            continue
        for path in sorted(folder.rglob("*")):
            if path.suffix in (".h", ".cc"):
                yield from offences_in(path, folder.name, floors)


found = list(offences())
print(*found, sep="\n", end="\n" if found else "")
sys.exit(1 if found else 0)
