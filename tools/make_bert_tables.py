#!/usr/bin/env python3
"""Writes src/embed/bert_unicode.inc: what BERT's normalisation does with each code point.

    python3 tools/make_bert_tables.py src/embed/bert_unicode.inc

Needs the PyPI package `tokenizers` in the version below. Its normaliser, asked about every code point,
is the definition: an embedding model was trained on that behaviour, and the package mixes versions of
Unicode that no library reproduces. Combining classes come from `unicodedata`.
"""

import sys
import unicodedata

import tokenizers
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

VERSION = "0.23.3"
HANGUL = range(0xAC00, 0xD7A4)  # decomposed by arithmetic
POINTS = [point for point in range(0x110000) if not 0xD800 <= point < 0xE000]


def normalizer(**on):
    off = {"clean_text": False, "handle_chinese_chars": False, "strip_accents": False, "lowercase": False}
    return BertNormalizer(**(off | on)).normalize_str


def split_alone(text):
    return [piece for piece, _ in BertPreTokenizer().pre_tokenize_str(text)]


def ranges(points, value_of):
    """(first, last, value) for runs of neighbours with one value."""
    runs = []
    for point in points:
        value = value_of(point)
        if runs and runs[-1][1] == point - 1 and runs[-1][2] == value:
            runs[-1][1] = point
        else:
            runs.append([point, point, value])
    return runs


def write(out, name, kind, rows, per_line):
    out.write(f"constexpr auto {name} = std::to_array<{kind}>({{\n")
    for at in range(0, len(rows), per_line):
        out.write("    " + " ".join(rows[at:at + per_line]) + "\n")
    out.write("});\n")


def write_ranges(out, name, points):
    rows = [f"{{{first:#x}, {last:#x}}}," for first, last, _ in ranges(points, lambda point: 0)]
    write(out, name, "Range", rows, 5)


def combining(point):
    """The class of the first code point of the canonical decomposition."""
    return unicodedata.combining(unicodedata.normalize("NFD", chr(point))[0])


def main(path):
    if tokenizers.__version__ != VERSION:
        sys.exit(f"this is tokenizers {tokenizers.__version__}, the table is of {VERSION}")
    clean, pad = normalizer(clean_text=True), normalizer(handle_chinese_chars=True)
    strip, lower = normalizer(strip_accents=True), normalizer(lowercase=True)
    stripped = {point: strip(chr(point)) for point in POINTS if point not in HANGUL}
    lowered = {point: lower(chr(point)) for point in POINTS}
    removed = [point for point, text in stripped.items() if not text]
    kept_marks = [point for point, text in stripped.items() if text == chr(point) and combining(point)]
    decomposed = [f"{{{point:#x}, {{{', '.join(hex(ord(c)) for c in text)}}}}},"
                  for point, text in stripped.items() if text and text != chr(point)]
    with open(path, "w", encoding="ascii") as out:
        out.write(f"// Made by tools/make_bert_tables.py from tokenizers {VERSION}.\n// clang-format off\n")
        write_ranges(out, "dropped", [point for point in POINTS if not clean(chr(point))])
        write_ranges(out, "spaces", [point for point in POINTS if split_alone(f"a{chr(point)}a") == ["a", "a"]])
        write_ranges(out, "punctuation",
                     [point for point in POINTS if split_alone(f"a{chr(point)}a") == ["a", chr(point), "a"]])
        write_ranges(out, "ideographs", [point for point in POINTS if pad(chr(point)) != chr(point)])
        write(out, "removed_marks", "MarkRange",
              [f"{{{first:#x}, {last:#x}, {int(not_starter)}}}," for first, last, not_starter
               in ranges(removed, lambda point: combining(point) != 0)], 5)
        write(out, "kept_marks", "MarkRange",
              [f"{{{first:#x}, {last:#x}, {value}}}," for first, last, value in ranges(kept_marks, combining)], 5)
        write(out, "decompositions", "Decomposition", decomposed, 4)
        write(out, "lower_case_pairs", "CasePair",
              [f"{{{point:#x}, {ord(text[0]):#x}}}," for point, text in lowered.items()
               if text != chr(point) and len(text) == 1], 6)


if __name__ == "__main__":
    main(*sys.argv[1:])
