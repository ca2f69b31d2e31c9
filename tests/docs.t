#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The commands that README.md and docs/ show print what stands below them; what they name is there. Prints TAP."""
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import check, plan, verdict  # noqa: E402

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OUTPUTS = os.path.join(TOP, "scripts", "docs-outputs")


def text_of(page):
    with open(os.path.join(TOP, page), encoding="utf-8") as f:
        return f.read()


def outputs():
    """Each command shown, as scripts/docs-outputs says."""
    done = subprocess.run([OUTPUTS] + (["--long"] if os.environ.get("NATNAP_LONG") else []), capture_output=True, text=True)
    why = []
    for line in done.stdout.splitlines():
        match = re.match(r"(not )?ok \d+ - (.*?)( # SKIP (.*))?$", line)
        if match:
            why = [line for line in done.stdout.split(line, 1)[1].splitlines()]
            diff = "\n".join(line[2:] for line in why[:next((i for i, x in enumerate(why) if not x.startswith("# ")), 0)])
            verdict(match[2], not match[1], diff, f"SKIP {match[4]}" if match[4] else "")
    check("docs-outputs came to its end", done.stdout.rstrip().split("\n")[-1].startswith("1.."), done.stderr)


def links():
    """Files and headings that pages lead to."""
    pages = ["README.md"] + [f"docs/{n}" for n in sorted(os.listdir(os.path.join(TOP, "docs"))) if n.endswith(".md")]
    missing = []
    for page in pages:
        for target, anchor in re.findall(r"\]\((?!https?:)([^)#\s]*)(#[^)\s]*)?\)", text_of(page)):
            path = os.path.normpath(os.path.join(os.path.dirname(page), target)) if target else page
            if not os.path.exists(os.path.join(TOP, path)):
                missing.append(f"{page}: {target}")
            elif anchor and path.endswith(".md"):
                heads = [re.sub(r"[^\w\- ]", "", h.lower()).strip().replace(" ", "-")
                         for h in re.findall(r"^#+ (.*)$", text_of(path), re.M)]
                if anchor[1:] not in heads:
                    missing.append(f"{page}: {target}{anchor}")
    check("links between pages lead somewhere", not missing, "\n".join(missing))


def lengths():
    """Pages that are read in one go, lines that fit a window; tables, links that stand alone and what programs print have their own width."""
    pages = ["README.md", "CONTRIBUTING.md", "SECURITY.md"] + [f"docs/{n}" for n in sorted(os.listdir(os.path.join(TOP, "docs"))) if n.endswith(".md")]
    long, wide = [], []
    for page in pages:
        lines = text_of(page).splitlines()
        long += [f"{page}: {len(lines)} lines"] if len(lines) >= (160 if page == "README.md" else 300) else []
        fenced = False
        for number, line in enumerate(lines, 1):
            fenced ^= line.startswith("```")
            if len(line) >= 120 and not fenced and not line.startswith(("|", "![", "    ")):
                wide.append(f"{page}:{number}: {len(line)} characters")
    check("pages have under 300 lines, README under 160", len(pages) > 20 and not long, "\n".join(long))
    check("lines have under 120 characters", not wide, "\n".join(wide))


def commands():
    """Commands in blocks are run, or say why not."""
    idle = []
    for page in ["README.md"] + [f"docs/{n}" for n in sorted(os.listdir(os.path.join(TOP, "docs"))) if n.endswith(".md")]:
        text = text_of(page)
        for block in re.finditer(r"^```(\w*)\n(.*?)^```$", text, re.M | re.S):
            shown = [line for line in block[2].splitlines() if re.match(r"(\w*\$ )?(\./)?(natnap|mpirun|srun) ", line)]
            marked = re.search(r"<!-- (not run|long|needs)[^>]* -->\n+$", text[:block.start()])
            if shown and not block[2].startswith("$ ") and not marked:
                idle.append(f"{page}: {shown[0]}")
        idle += [f"{page}: {line}" for line in re.findall(r"^    (?:\./)?natnap .*$", text, re.M)]
    check("commands that are shown are run, or say why not", not idle, "\n".join(idle))


def counts():
    """docs/validation.md counts the cases that there are."""
    page, wrong = text_of("docs/validation.md"), []
    for words, folder, end in (("reports of users", "field", ".ini"), ("packet scripts of a kernel and of RFCs", "stories", ".csv"),
                               ("recordings of programs at both ends", "ends", ".json")):
        n = len([f for f in os.listdir(os.path.join(TOP, "tests", folder)) if f.endswith(end)])
        wrong += [] if f"| {words} | {n} |" in page else [f"{words}: {n}"]
    check("docs/validation.md counts its cases", not wrong, "\n".join(wrong))


counts()
check("README's scenario is docs/shown/five.ini", text_of("docs/shown/five.ini") in text_of("README.md"))
links()
lengths()
commands()
outputs()
plan()
