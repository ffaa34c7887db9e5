#!/usr/bin/env python3
"""Runs the code of a Jupyter notebook without Jupyter, in the notebook's folder, with the Python that runs this.

    run_notebook.py NOTEBOOK            prints what each code cell printed, as a JSON list
    run_notebook.py NOTEBOOK --write    and puts that into the notebook as its outputs
"""

import contextlib
import io
import json
import os
import pathlib
import sys


def run(notebook: dict) -> list[str]:
    names = {"__name__": "__main__"}
    printed = []
    for cell in code_cells(notebook):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile("".join(cell["source"]), cell["id"], "exec"), names)
        printed.append(out.getvalue())
    return printed


def code_cells(notebook: dict) -> list[dict]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def stored_outputs(notebook: dict) -> list[str]:
    return ["".join(text for output in cell["outputs"] for text in output["text"]) for cell in code_cells(notebook)]


def write(path: pathlib.Path, notebook: dict, printed: list[str]) -> None:
    for number, (cell, text) in enumerate(zip(code_cells(notebook), printed, strict=True), 1):
        cell["execution_count"] = number
        cell["outputs"] = [{"name": "stdout", "output_type": "stream", "text": text.splitlines(keepends=True)}] \
            if text else []
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")


def main() -> None:
    path = pathlib.Path(sys.argv[1]).resolve()
    notebook = json.loads(path.read_text())
    os.chdir(path.parent)
    printed = run(notebook)
    if "--write" in sys.argv[2:]:
        write(path, notebook, printed)
    print(json.dumps(printed))


if __name__ == "__main__":
    main()
