#!/usr/bin/env python3
"""Measures what eight bits cost: Sluice's encoder beside ONNX Runtime, over pairs of texts.

    tests/embed_reference/compare.py all-MiniLM-L6-v2 FOLDER PAIRS.jsonl
    tests/embed_reference/compare.py bge-small-en-v1.5 MODEL.onnx PAIRS.jsonl

FOLDER holds the published safetensors, tokenizer.json and config.json; beside an ONNX file lies its
MODEL-tokenizer.json. Each line of PAIRS is an object with texts `a` and `b`. Needs the packages of
tests/e2e/requirements.txt; SLUICE_BINARY says what to measure (build/release/sluice).
"""

import itertools
import json
import os
import pathlib
import subprocess
import sys

import numpy

from bert_reference import Reference

POOLING = {"all-MiniLM-L6-v2": ("mean", 256), "bge-small-en-v1.5": ("cls", 512)}
BATCH = 32


def reference_of(name: str, source: pathlib.Path) -> Reference:
    pooling, most = POOLING[name]
    if source.is_dir():
        return Reference.of_safetensors(source, pooling, most)
    return Reference.of_onnx(source, source.with_name(f"{source.stem}-tokenizer.json"), pooling, most)


def encode_all(reference: Reference, texts: list[str]) -> numpy.ndarray:
    ids = [reference.tokenizer.encode(text).ids for text in texts]
    vectors = [None] * len(texts)
    order = sorted(range(len(texts)), key=lambda i: len(ids[i]))
    done = 0
    for _, same in itertools.groupby(order, key=lambda i: len(ids[i])):
        same = list(same)
        for batch in (same[at:at + BATCH] for at in range(0, len(same), BATCH)):
            for i, vector in zip(batch, reference.encode_ids([ids[i] for i in batch]), strict=True):
                vectors[i] = vector
            done += len(batch)
            print(f"\rreference: {done} of {len(texts)}", end="", file=sys.stderr)
    print(file=sys.stderr)
    return numpy.array(vectors)


def lines_of_sluice(name: str, texts: list[str]) -> list[dict]:
    """What `sluice model embed` says of each text."""
    root = pathlib.Path(__file__).resolve().parents[2]
    binary = os.environ.get("SLUICE_BINARY", root / "build/release/sluice")
    lines = "".join(json.dumps(text) + "\n" for text in texts)
    done = subprocess.run([binary, "model", "embed", name, "--json"], input=lines, text=True, check=True,
                          stdout=subprocess.PIPE)
    return [json.loads(line) for line in done.stdout.splitlines()]


def spearman(a: numpy.ndarray, b: numpy.ndarray) -> float:
    ranks = [numpy.argsort(numpy.argsort(values)) for values in (a, b)]
    return float(numpy.corrcoef(*ranks)[0, 1])


def main(name: str, source: str, pairs: str) -> None:
    rows = [json.loads(line) for line in pathlib.Path(pairs).read_text().splitlines()]
    texts = [row[side] for row in rows for side in "ab"]
    ours = numpy.array([found["embedding"] for found in lines_of_sluice(name, texts)])
    theirs = encode_all(reference_of(name, pathlib.Path(source)), texts)
    cosines = (ours * theirs).sum(axis=1)
    print(f"{len(texts)} texts: cosine to 32 bits {cosines.mean():.5f} on average, {cosines.min():.5f} at the least")
    pair_cosines = [(side[::2] * side[1::2]).sum(axis=1) for side in (ours, theirs)]
    print(f"{len(rows)} pairs: Spearman of the cosines {spearman(*pair_cosines):.5f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
