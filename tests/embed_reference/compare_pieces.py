#!/usr/bin/env python3
"""Compares Sluice's word pieces with those of HuggingFace's `tokenizers`, over every code point that matters and
random texts of all planes; prints what differs and fails then.

    tests/embed_reference/compare_pieces.py all-MiniLM-L6-v2 TOKENIZER.json [SEED]

SLUICE_BINARY says what to ask (build/release/sluice).
"""

import random
import sys
import unicodedata

import tokenizers

from compare import lines_of_sluice

RANDOM_TEXTS = 20_000
RANGES = [(0, 0x300), (0x20, 0x7F), (0x300, 0x370), (0x370, 0x600), (0x600, 0x1200), (0x1100, 0x1200),
          (0x1680, 0x2100), (0x2000, 0x3400), (0x3400, 0xD800), (0xE000, 0x10000), (0x10000, 0x20000),
          (0x1D100, 0x1D250), (0x20000, 0x30000), (0xE0000, 0xE01F0)]
MARKS = [chr(point) for point in range(0x110000) if unicodedata.combining(chr(point))]


def is_among_thousands(point: int) -> bool:
    """Ideographs and Hangul syllables, which are all treated alike, and what is not assigned."""
    return 0x3400 <= point < 0xA000 or 0xAC10 <= point < 0xD700 or 0xE010 <= point < 0xF8F0 or point >= 0x12000


def every_point(pick: random.Random) -> list[str]:
    points = (point for point in range(0x110000) if not 0xD800 <= point < 0xE000)
    return [f"a{chr(point)}b" for point in points if not is_among_thousands(point) or pick.random() < 0.02]


def random_text(pick: random.Random) -> str:
    ranges = pick.choices(RANGES, k=2)
    return "".join(pick.choice(MARKS) if (chance := pick.random()) < 0.25 else " " if chance < 0.35
                   else chr(pick.randrange(*pick.choice(ranges))) for _ in range(pick.randint(1, 12)))


def main(name: str, path: str, seed: str = "1") -> int:
    pick = random.Random(int(seed))
    tokenizer = tokenizers.Tokenizer.from_file(path)
    tokenizer.no_padding()
    tokenizer.no_truncation()
    texts = every_point(pick) + [random_text(pick) for _ in range(RANDOM_TEXTS)]
    different = 0
    for text, found in zip(texts, lines_of_sluice(name, texts), strict=True):
        expected = tokenizer.encode(text, add_special_tokens=False).tokens
        if found["pieces"] != expected:
            different += 1
            print(ascii(text), found["pieces"], expected)
    print(f"{len(texts)} texts, {different} differ")
    return different > 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
