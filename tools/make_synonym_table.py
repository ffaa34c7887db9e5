#!/usr/bin/env python3
"""Writes src/semantic/synonyms.inc: common words that mean the same.

usage: make_synonym_table.py WORDNET_DIR > src/semantic/synonyms.inc

WORDNET_DIR is /usr/share/wordnet of Debian's package wordnet-base. A row is the common words (of
the classes up to 12 in src/semantic/common_words.inc) of one synset that is the first, most
frequent meaning of each of them: "couch sofa". Further meanings make too many pairs that share but
a corner ("dose drug"). Left out are words that say little, since they have no partner to choose,
and the members of kinds (tables_kinds.cc) where two meet in a synset, since a kind tells them apart.
"""
import pathlib
import re
import sys

SOURCES = pathlib.Path(__file__).resolve().parent.parent / "src/semantic"
RAREST = 12
NOTICE = """\
// Written by tools/make_synonym_table.py from WordNet 3.0: words that share their first meaning.
//
// This software and database is being provided to you, the LICENSEE, by Princeton University under
// the following license. By obtaining, using and/or copying this software and database, you agree
// that you have read, understood, and will comply with these terms and conditions.:
//
// Permission to use, copy, modify and distribute this software and database and its documentation
// for any purpose and without fee or royalty is hereby granted, provided that you agree to comply
// with the following copyright notice and statements, including the disclaimer, and that the same
// appear on ALL copies of the software, database and documentation, including modifications that
// you make for internal use or for distribution.
//
// WordNet 3.0 Copyright 2006 by Princeton University. All rights reserved.
//
// THIS SOFTWARE AND DATABASE IS PROVIDED "AS IS" AND PRINCETON UNIVERSITY MAKES NO REPRESENTATIONS
// OR WARRANTIES, EXPRESS OR IMPLIED. BY WAY OF EXAMPLE, BUT NOT LIMITATION, PRINCETON UNIVERSITY
// MAKES NO REPRESENTATIONS OR WARRANTIES OF MERCHANTABILITY OR FITNESS FOR ANY PARTICULAR PURPOSE OR
// THAT THE USE OF THE LICENSED SOFTWARE, DATABASE OR DOCUMENTATION WILL NOT INFRINGE ANY THIRD PARTY
// PATENTS, COPYRIGHTS, TRADEMARKS OR OTHER RIGHTS.
//
// The name of Princeton University or Princeton may not be used in advertising or publicity
// pertaining to distribution of the software and/or database. Title to copyright in this software,
// database and any associated documentation shall at all times remain with Princeton University and
// LICENSEE agrees to preserve same.
"""


def table(file, name):
    """The text of a table in src/semantic."""
    text = (SOURCES / file).read_text()
    return re.search(rf'string_view {name} = R"\((.*?)\)"', text, re.S).group(1)


def common_words():
    text = (SOURCES / "common_words.inc").read_text()
    for rarity, lines in re.findall(r'^\{(\d+),\n(.*?)\},$', text, re.M | re.S):
        if int(rarity) <= RAREST:
            yield from "".join(re.findall(r'"(.*?)"', lines)).split()


def first_meanings(directory, part):
    """Lemma → the synset of its first meaning as this part of speech."""
    for line in (directory / f"index.{part}").read_text().splitlines():
        if line.startswith(" "):  # the licence
            continue
        lemma, _, _, pointers, *rest = line.split()
        yield lemma, rest[int(pointers) + 2]


def main():
    directory = pathlib.Path(sys.argv[1])
    little = set((table("tables_function.cc", "function_words") + table("tables_function.cc", "weak_words")).split())
    words = {word for word in common_words() if len(word) > 2} - little
    kinds = {member for row in table("tables_kinds.cc", "kinds").split("\n") for member in row.partition(":")[2].split()}
    synsets = {}
    for part in ("noun", "verb", "adj", "adv"):
        for lemma, synset in first_meanings(directory, part):
            if lemma in words:
                synsets.setdefault((part, synset), set()).add(lemma)
    rows = set()
    for members in synsets.values():
        if len(members & kinds) > 1:
            members = members - kinds
        if len(members) > 1:
            rows.add(" ".join(sorted(members)))
    print(NOTICE + 'R"(')
    print("\n".join(sorted(rows)))
    print(')"')


if __name__ == "__main__":
    main()
