# SPDX-License-Identifier: BSD-2-Clause
"""Where a small fault can be put into a source, and a drawing of them."""
import glob
import random
import re
import sys

COMPARE = {" < ": " <= ", " <= ": " < ", " > ": " >= ", " >= ": " > ", " == ": " != ", " != ": " == "}
JUNCTION = {" && ": " || ", " || ": " && "}
EXTREME = {"MIN(": "MAX(", "MAX(": "MIN(", "_min(": "_max(", "_max(": "_min("}
STATEMENT = re.compile(r"^\t+(?!return|break|continue|goto|case|default|else|if|for|while|do\b|g_auto)(\*?[a-z_][\w.\[\]>-]*(\(.*\)|(\+\+|--)| [-+|&]?= .*));$")


class Mutant:
    """One change: of a file the line, from where to where, and what stands there instead."""

    def __init__(self, path, kind, line, start, end, new):
        self.path, self.kind, self.line, self.start, self.end, self.new = path, kind, line, start, end, new
        self.module = path.split("/")[1]

    def applied(self, text):
        lines = text.split("\n")
        lines[self.line] = lines[self.line][:self.start] + self.new + lines[self.line][self.end:]
        return "\n".join(lines)

    def lines(self):
        """The line as it is and would be."""
        with open(self.path) as f:
            text = f.read()
        return text.split("\n")[self.line].strip(), self.applied(text).split("\n")[self.line].strip()

    def change(self):
        return (self.path, self.line, *self.lines())

    def shown(self):
        return "{}:{} ({})\n    - {}\n    + {}".format(self.path, self.line + 1, self.kind, *self.lines())


def bare(text):
    """Comments, strings and the preprocessor's lines as blanks of the same length."""
    def blank(m):
        return re.sub(r"[^\n]", " ", m.group())
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'|^#(?:[^\n]*\\\n)*[^\n]*', blank, text, flags=re.S | re.M)


def swaps(line, table):
    return [(m.start(), m.end(), table[m.group()]) for word in table for m in re.finditer(re.escape(word), line)]


def sites(path):
    """All changes that can be made in a file."""
    with open(path) as f:
        lines = bare(f.read()).split("\n")
    for number, line in enumerate(lines):
        if "g_assert" in line or "static const" in line or "_Static_assert" in line:
            continue
        for kind, table in (("comparison", COMPARE), ("junction", JUNCTION), ("extreme", EXTREME)):
            for start, end, new in swaps(line, table):
                yield Mutant(path, kind, number, start, end, new)
        for m in re.finditer(r"(?<![\w.])\d+(?![\w.])", line):
            yield Mutant(path, "constant", number, m.start(), m.end(), str(int(m.group()) + (1 if number % 2 or m.group() == "0" else -1)))
        if STATEMENT.match(line):
            yield Mutant(path, "statement", number, len(line) - len(line.lstrip("\t")), len(line), ";")


KINDS = ["comparison", "junction", "extreme", "constant", "statement"]


def draw(modules, kinds, seed, count):
    """count changes, kinds and modules alike often."""
    rng = random.Random(seed)
    pool = {}
    for module in modules:
        for path in sorted(glob.glob(f"sim/{module}/*.c")):
            for site in sites(path):
                if site.kind in kinds:
                    pool.setdefault((module, site.kind), []).append(site)
    keys = sorted(pool)
    drawn = []
    while len(drawn) < count and keys:
        key = rng.choice(keys)
        drawn.append(pool[key].pop(rng.randrange(len(pool[key]))))
        if not pool[key]:
            keys.remove(key)
    return drawn


def listed(name):
    """Lines "FILE | CODE | CODE INSTEAD [| WHY]" of a list; the code stands once in the file."""
    out = []
    with open(name) as f:
        for line in f:
            if line.strip() and not line.startswith("#"):
                path, old, new = line.rstrip("\n").split(" | ")[:3]
                with open(path) as source:
                    lines = source.read().split("\n")
                found = [(n, text.index(old)) for n, text in enumerate(lines) if old in text]
                if len(found) != 1:
                    sys.exit(f"{name}: {path}: stands {len(found)} times: {old}")
                number, start = found[0]
                out.append(Mutant(path, "kept", number, start, start + len(old), new))
    return out
