#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""results/README.md is what natnap figures --gallery makes of the tables beside it, and its links lead somewhere. Prints TAP."""
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import NATNAP, check, plan  # noqa: E402

TREE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
RESULTS, FIGURES = os.path.join(TREE, "results"), os.path.join(TREE, "scenarios", "figures")


def natnap(*args):
    r = subprocess.run([NATNAP, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, check=False)
    return r.returncode, r.stdout.decode(), r.stderr.decode()


def text(*path):
    with open(os.path.join(*path), encoding="utf-8") as f:
        return f.read()


def proposals():
    """What a student is told to change next can be run: each command's scenario and settings are taken."""
    said = [c for path in sorted(glob.glob(os.path.join(FIGURES, "*", "figure.ini")))
            for c in re.findall(r"`natnap run ([^`]*)`", re.search(r"^change = (.*)$", text(path), re.M)[1])]
    refused = []
    for words in said:
        args = re.sub(r" --out \S+", "", words).split()
        status, _, err = natnap("show", os.path.join(TREE, args[0]), *args[1:])
        refused += [f"{words}: {err}"] if status else []
    check("what is proposed to change next can be run", len(said) > 8 and not refused, refused)


def counted():
    """docs/figures.md says of each figure what the gallery counts, and the errors that it names are the table's."""
    gallery, page = text(RESULTS, "README.md"), text(TREE, "docs", "figures.md")
    told = {n: " ".join(c.split(".")[0].split()) for n, c in re.findall(r"\n## (\S+)\n.*?\nWithin tolerance: ([^\n]*)", gallery, re.S)}
    rows = {n: c for n, c in re.findall(r"^\| `(\S+)` \|.*\| ([^|]*) \|$", page, re.M)}
    wrong = [f"{n}: {rows.get(n)}, not {c}" for n, c in told.items() if not rows.get(n, "").startswith(c)]
    for n, off in re.findall(r"`(\S+)` .*off by (\d+) %", page):
        errors = [float(e) for e in re.findall(r"([+-][\d.]+) %", gallery.split(f"\n## {n}\n")[1].split("\n## ")[0])]
        wrong += [] if any(round(abs(e)) == int(off) for e in errors) else [f"{n}: off by {off} %, not {errors}"]
    check("docs/figures.md counts as the gallery does", len(told) > 10 and not wrong, wrong)
    pairs = [(int(a), int(b)) for a, b in re.findall(r"\nWithin tolerance: (\d+) of (\d+)", gallery)]
    said = f"figures | {len(pairs)} | {sum(a for a, _ in pairs)} of {sum(b for _, b in pairs)} values"
    check("docs/validation.md too", said in text(TREE, "docs", "validation.md"), said)


proposals()
counted()
with tempfile.TemporaryDirectory() as tmp:
    for table in glob.glob(os.path.join(RESULTS, "*-table.csv")):
        shutil.copy(table, tmp)
    status, out, err = natnap("figures", "--gallery", "--from", FIGURES, "--out", tmp)
    check("a gallery", status == 0 and out == os.path.join(tmp, "README.md") + "\n", err)
    page = text(tmp, "README.md")
    check("that of the tree is current (make figures)", page == text(RESULTS, "README.md"))
    names = natnap("figures", "--list", "--from", FIGURES)[1].split()
    check("each figure is in it, and says what to look at and to change", all(
        f"\n## {n}\n" in page for n in names) and page.count("- Look at: ") == page.count("- Then change: ") == len(names), names)
    check("its links lead somewhere", all(os.path.exists(os.path.join(RESULTS, link)) for link in re.findall(r"\]\(([^)#]+)\)", page)),
          re.findall(r"\]\(([^)#]+)\)", page))
    rows = sum(len(text(t).splitlines()) - 1 for t in glob.glob(os.path.join(tmp, "*-table.csv")))
    missed = sum(line.count(",not met,") + line.count(",not simulated,") for t in glob.glob(os.path.join(tmp, "*-table.csv")) for line in text(t).splitlines())
    check("what is not met is not left out", rows > missed == page.count("| **not "), f"{rows} {missed}")
    os.remove(glob.glob(os.path.join(tmp, "*-table.csv"))[0])
    status, out, err = natnap("figures", "--gallery", "--from", FIGURES, "--out", tmp)
    check("a table that is not there: status 2, and which", status == 2 and "-table.csv" in err, err)
plan()
