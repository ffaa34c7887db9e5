#!/usr/bin/env python3
"""Writes src/provider/price_table.inc from the price map inside the litellm package.

    pip download --no-deps litellm==1.68.0
    tools/make_price_table.py litellm-1.68.0-py3-none-any.whl src/provider/price_table.inc

Each entry becomes one row of C++: the facts that Sluice computes with as numbers, and the whole
entry as one JSON string for /model/info. Sorted by key, so that a look-up is a binary search.
"""

import json
import re
import sys
import zipfile

MAP = "litellm/model_prices_and_context_window_backup.json"

# Members of sluice::Price in their order, and where the map keeps each.
PRICES = [
    ("input", "input_cost_per_token"),
    ("output", "output_cost_per_token"),
    ("cache_read", "cache_read_input_token_cost"),
    ("cache_write", "cache_creation_input_token_cost"),
    ("reasoning", "output_cost_per_reasoning_token"),
    ("input_above_128k", "input_cost_per_token_above_128k_tokens"),
    ("output_above_128k", "output_cost_per_token_above_128k_tokens"),
    ("input_above_200k", "input_cost_per_token_above_200k_tokens"),
    ("output_above_200k", "output_cost_per_token_above_200k_tokens"),
]


def cpp_string(text):
    return json.dumps(text, ensure_ascii=True) + "sv"  # with its length: quick to compile


def price(entry):
    members = [f".{name} = {float(entry[field])!r}" for name, field in PRICES if entry.get(field)]
    if "input_cost_per_token" in entry or "output_cost_per_token" in entry:
        members.append(".known = true")
    return "{" + ", ".join(members) + "}"


def row(key, entry):
    texts = [key, entry.get("litellm_provider", ""), entry.get("mode", "")]
    texts.append(json.dumps(entry, separators=(",", ":")))
    return "{" + ", ".join(cpp_string(text) for text in texts) + f", {price(entry)}}},\n"


def main(wheel, output):
    version = re.search(r"litellm-([0-9.]+)-", wheel).group(1)
    with zipfile.ZipFile(wheel) as archive:
        entries = json.loads(archive.read(MAP))
    entries.pop("sample_spec")  # the map's own documentation, not a model
    with open(output, "w", encoding="ascii") as out:
        out.write(f"// Facts from {MAP}, litellm {version} (MIT licence). ")
        out.write("Made by tools/make_price_table.py; do not edit.\n")
        # Byte order, which is how std::string_view compares.
        for key in sorted(entries, key=lambda name: name.encode()):
            out.write(row(key, entries[key]))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
