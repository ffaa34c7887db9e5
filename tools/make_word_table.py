#!/usr/bin/env python3
"""Writes src/semantic/common_words.inc: which English words are common, and how rare each is.

usage: make_word_table.py SCOWL_DIR VOCABULARY > src/semantic/common_words.inc

SCOWL_DIR is /usr/share/dict/scowl of Debian's package scowl: its sizes 10 to 40 say what is a word,
and so do its sizes 50 to 60 for words that one edit could turn into a more common one ("nitrite",
"nitrate"): without them either would pass for a misspelling of the other.
VOCABULARY is the vocab.txt or tokenizer.json of an uncased BERT: the order of its entries says how
frequent a word is. Regular inflections whose base is listed are left out; the lexicon undoes them.
"""
import json
import math
import pathlib
import sys

# Inflected in form, but words of their own.
KEPT = set("""news evening wedding building meeting feeling painting clothing housing clothes glasses
    goods species series means physics mathematics economics politics athletics united media data
    ceiling spelling sibling offspring seed feed weed bleed breed need speed wings customs arms
    irs aids gas bus plus lens this thus his its us is as was has does during nothing something
    anything everything string spring bring king ring sing thing wing being red bed led fed ted
    wed used hundred sacred naked wicked mars texas paris james jesus wales states""".split())
NAMES = 100  # added to the class of what is only ever written with a capital
NOTICE = """\
// Written by tools/make_word_table.py. What is a word is taken from SCOWL, how frequent it is from
// the order of the vocabulary of BERT (Apache License 2.0).
//
// SCOWL: Copyright 2000-2011 by Kevin Atkinson. Permission to use, copy, modify, distribute and sell
// these word lists, the associated scripts, the output created from the scripts, and its
// documentation for any purpose is hereby granted without fee, provided that the above copyright
// notice appears in all copies and that both that copyright notice and this permission notice appear
// in supporting documentation. Kevin Atkinson makes no representations about the suitability of this
// array for any purpose. It is provided "as is" without express or implied warranty.
//
// {class, words}: classes 0 (most frequent) to 15 (rarest), and 100 more for names that are no other
// word; each word followed by a space.
// clang-format off
"""


def words_of(directory, pattern):
    found = set()
    for file in sorted(pathlib.Path(directory).glob(pattern)):
        found |= {line.strip() for line in file.read_text("latin-1").splitlines()}
    return {word for word in found if word.isascii() and word.isalpha() and len(word) > 1}


def ranks_of(vocabulary):
    text = pathlib.Path(vocabulary).read_text("utf-8")
    if vocabulary.endswith(".json"):
        return json.loads(text)["model"]["vocab"]
    return {word: rank for rank, word in enumerate(text.splitlines())}


def bases(word):
    """What a word may be a regular inflection of."""
    if word in KEPT:
        return
    if word.endswith("ies"):
        yield word[:-3] + "y"
    if word.endswith("es") and word[:-2].endswith(("s", "x", "z", "ch", "sh", "o")):
        yield word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        yield word[:-1]
    for ending in ("ed", "ing"):
        if not word.endswith(ending) or len(word) - len(ending) < 3 or word.endswith("eed"):
            continue
        stem = word[: -len(ending)]
        if ending == "ed" and stem.endswith("i"):
            yield stem[:-1] + "y"
        yield stem + "e"
        yield stem
        if stem[-1] == stem[-2]:
            yield stem[:-1]


def rarity(word, size, ranks):
    """BERT's first words are at 1996; where it has none, the size of SCOWL's list decides."""
    if word in ranks:
        rank = max(ranks[word] - 1995, 1)
        return min(12, round(12 * math.log2(rank) / math.log2(28500)))
    return {10: 11, 20: 12, 35: 13, 40: 14}.get(size, 15)


def deletions(word):
    """Two words are one edit apart when these meet, or nearly so."""
    return {word} | {word[:i] + word[i + 1:] for i in range(len(word))}


def confusable(words, common):
    reached = set().union(*map(deletions, common))
    return {word for word in words if len(word) > 3 and not reached.isdisjoint(deletions(word))}


def main():
    directory, vocabulary = sys.argv[1:]
    ranks = ranks_of(vocabulary)
    sizes = {}
    for size in (60, 55, 50, 40, 35, 20, 10):
        for spelling in ("english", "american", "british"):
            for word in words_of(directory, f"{spelling}-words.{size}"):
                sizes[word.lower()] = size
    names = {name.lower() for name in words_of(directory, "english-upper.*")}
    names = {name for name in names if name in ranks and name not in sizes}
    common = {word for word, size in sizes.items() if size <= 40 or word in ranks}
    kept = common | confusable(sizes.keys() - common, common)
    kept = {word: sizes[word] for word in kept if not any(base in kept for base in bases(word))}
    classes = {}
    for word, size in kept.items():
        classes.setdefault(rarity(word, size, ranks), []).append(word)
    for name in names:
        if not any(base in kept or base in names for base in bases(name)):
            classes.setdefault(NAMES + rarity(name, 35, ranks), []).append(name)
    print(NOTICE, end="")
    for number, words in sorted(classes.items()):
        lines, line = [], ""
        for word in sorted(words):
            if len(line) + len(word) > 88:
                lines.append(line)
                line = ""
            line += word + " "
        lines.append(line)
        for begin in range(0, len(lines), 600):  # a literal holds at most 65,536 characters
            print(f"{{{number},")
            print("\n".join(f'    "{text}"' for text in lines[begin:begin + 600]) + "},")


if __name__ == "__main__":
    main()
