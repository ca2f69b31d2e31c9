#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Reports as headless Chromium shows them: nothing is asked for, nothing complains, figures, sorting, keyboard. Prints TAP."""
import os
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import chromium  # noqa: E402
from tap import NATNAP, check, plan  # noqa: E402

if not chromium.PROGRAM or not shutil.which("gnuplot"):
    print(f"1..0 # SKIP there is no {'gnuplot' if chromium.PROGRAM else 'chromium'}")
    sys.exit(0)

TEXT = """[scenario]
title = Two lines
duration = 2h
replications = 3
[path]
middleboxes = nat
[middlebox nat]
tracker = simple
udp = 60s
udp-stream = 60s
[radio]
profile = lte-huang-2012
[battery]
profile = phone-3000mah
[client]
application = udp
policy = fixed
interval = 30s
[server]
push = poisson 4/h
"""
SWEEP = """[sweep]
client.interval = 100s; 20s; 5min
middlebox.nat.udp-stream = 30s; 2min
"""
tmp = tempfile.TemporaryDirectory()
keep = os.environ.get("NATNAP_PICTURES")  # a folder that gets what is seen


def natnap(*args):
    return subprocess.run([NATNAP, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, check=False)


def make(name, *command):
    """A page of what a command writes."""
    out = os.path.join(tmp.name, name)
    natnap(*command, "--out", out)
    made = natnap("report", out)
    check(f"{name}: a page", made.returncode == 0, made.stderr.decode())
    return os.path.join(out, "report.html")


one, many = os.path.join(tmp.name, "one.ini"), os.path.join(tmp.name, "many.ini")
for path, text in ((one, TEXT), (many, TEXT + SWEEP)):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
pages = {"run": make("run", "run", many),
         "tune": make("tune", "tune", one, "--over", "client.interval=20s..2min", "--reachable", "90%"),
         "discover": make("discover", "discover", one, "--test", "udp-1", "--test", "mapping"),
         "check": make("check", "check", "home-router" if os.path.exists("scenarios/profiles/middlebox/home-router") else "linux")}
page = chromium.Browser()
FIGURES = """[...document.querySelectorAll('figure svg')].map(s => {
  const r = s.getBoundingClientRect(), around = s.closest('.scroll').getBoundingClientRect();
  return r.width > 200 && r.height > 80 && s.querySelectorAll('path, polygon, use').length > 5 &&
    around.width <= innerWidth && around.left >= 0; })"""
for name, path in pages.items():
    page.open(path)
    page.size(1280, 900)
    wide = page.run(FIGURES)
    check(f"{name}: its figures show on a desk", wide and all(wide), wide)
    if keep:
        page.picture(os.path.join(keep, name + "-desk.png"))
    page.size(390, 844, phone=True)
    narrow = page.run(FIGURES)
    check(f"{name}: and on a phone", narrow and all(narrow), narrow)
    check(f"{name}: where the page itself does not scroll sideways", page.run("document.documentElement.scrollWidth <= innerWidth"),
          page.run("document.documentElement.scrollWidth"))
    if keep:
        page.picture(os.path.join(keep, name + "-phone.png"))
    page.size(1280, 900)
    ink = page.run("getComputedStyle(document.body).color")
    page.dark()
    check(f"{name}: dark where that is wished", page.run("getComputedStyle(document.body).color") != ink, ink)
    if keep:
        page.picture(os.path.join(keep, name + "-dark.png"))
    page.dark(False)
    check(f"{name}: it prints", page.pdf()[:5] == b"%PDF-")
    check(f"{name}: nothing is asked for but the page", page.requests == ["file://" + path], page.requests)
    check(f"{name}: nothing complains", not page.complaints, page.complaints)
    check(f"{name}: every figure, button and scrolling part has a name", page.run(
        "[...document.querySelectorAll('button, figure svg, [role=region]')].every(e => e.textContent.trim() || e.ariaLabel)"), "")

# ---- sorting, copying, values ----------------------------------------------------------------------------------------------

page.open(pages["run"])
COLUMN = "[...document.querySelectorAll('#few tbody tr')].map(r => r.cells[0].textContent)"
check("rows as they were swept", page.run(COLUMN) == ["100s", "100s", "20s", "20s", "5min", "5min"], page.run(COLUMN))
HEAD = "document.querySelector('#few th button').click(), "
check("a head sorts, times by their length", page.run(HEAD + COLUMN) == ["20s", "20s", "100s", "100s", "5min", "5min"], page.run(COLUMN))
check("and says so", page.run("document.querySelector('#few th').ariaSort") == "ascending")
check("again: down", page.run(HEAD + COLUMN) == ["5min", "5min", "100s", "100s", "20s", "20s"], page.run(COLUMN))
page.run("document.querySelector('button.copy').focus()")
copied = page.run("csv(document.getElementById('few'))")
check("a table as CSV, in the order that it has", copied.split("\n")[1].startswith("5min,") and copied.count("\n") == 7, copied)
page.run("document.querySelector('g.value').focus()")
TOLD = "document.getElementById('tip').hidden ? '' : document.getElementById('tip').textContent"
first = page.run(TOLD)
check("a point tells its value who comes by keyboard", first.startswith("client.interval = 20s, 30s: battery"), first)
page.key("ArrowRight", 39)
second = page.run(TOLD)
check("an arrow goes on", second.startswith("client.interval = 100s, 30s: battery"), second)
check("one stop for the tabulator in a figure", page.run(
    "[...document.querySelectorAll('figure svg')].every(s => s.querySelectorAll('g.value[tabindex=\"0\"]').length <= 1)"), "")
page.key("Escape", 27)
check("Escape closes it", page.run(TOLD) == "", page.run(TOLD))
where = page.run("(p => { p.scrollIntoView({block: 'center'}); const r = p.getBoundingClientRect();"
                 "return [r.left + r.width / 2, r.top + r.height / 2]; })(document.querySelectorAll('g.value')[2])")
page.ask("Input.dispatchMouseEvent", type="mouseMoved", x=where[0], y=where[1])
check("and one who points at it", page.run(TOLD).startswith("client.interval = 5min, "), page.run(TOLD))
page.ask("Input.dispatchMouseEvent", type="mouseMoved", x=where[0] + 300, y=where[1] + 300)
check("not one who points elsewhere", page.run(TOLD) == "", page.run(TOLD))
page.ask("Input.dispatchMouseEvent", type="mouseMoved", x=where[0] + 6, y=where[1] - 6)
check("one who points beside it, too", page.run(TOLD).startswith("client.interval = 5min, "), page.run(TOLD))
if keep:
    page.picture(os.path.join(keep, "value.png"))
check("nothing complained", not page.complaints, page.complaints)
page.close()
plan()
