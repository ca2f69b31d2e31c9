#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""natnap report: the page of a small run, with hostile texts in it, without gnuplot, of what is no run. Prints TAP."""
import csv
import html.parser
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import NATNAP, check, plan  # noqa: E402

TITLE = """</title><script>alert("x'y")</script> & "quoted" <img src=x onerror=alert(1)>"""
TEXT = f"""[scenario]
title = {TITLE}
duration = 6h
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
# </pre><script>alert(2)</script>
application = udp
policy = fixed
interval = 30s
"""
SWEEP = """[server]
push = poisson 4/h
[sweep]
client.interval = geometric 20s 20min 4
middlebox.nat.udp-stream = 30s; 2min
"""
VOID = {"meta", "br", "img", "link", "input", "hr"}
HAS_GNUPLOT = shutil.which("gnuplot") is not None
TREE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
tmp = tempfile.TemporaryDirectory()


def natnap(*args, **more):
    r = subprocess.run([NATNAP, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, **more)
    return r.returncode, r.stdout.decode(), r.stderr.decode()


def write(name, text):
    path = os.path.join(tmp.name, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(text)
    return path


class Page(html.parser.HTMLParser):
    """What a browser would make of it: elements that close, attributes, tables, texts of some elements."""

    def __init__(self, text):
        super().__init__()
        self.open, self.wrong, self.tags, self.ids = [], [], [], []
        self.tables, self.texts = {}, {}
        self.feed(text)
        self.close()
        self.wrong += [f"{t} stays open" for t in self.open]

    def handle_starttag(self, tag, attrs):
        names = [n for n, _ in attrs]
        self.wrong += [f"<{tag}> has {n} twice" for n in set(names) if names.count(n) > 1]
        attrs = dict(attrs)
        self.tags.append((tag, attrs))
        if "id" in attrs:
            self.ids.append(attrs["id"])
        if tag not in VOID:
            self.open.append(tag)
        if tag == "table":
            self.table = self.tables.setdefault(attrs["id"], [])
        if tag == "tr":
            self.table.append([])
        if tag in ("th", "td"):
            self.table[-1].append((attrs, ""))
        if tag in ("title", "h1", "pre", "style", "script", "figcaption"):
            self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> at {self.getpos()}")

    def handle_data(self, data):
        if self.open and self.open[-1] in self.texts:
            self.texts[self.open[-1]][-1] += data
        if self.open and ("td" in self.open or "th" in self.open):
            attrs, text = self.table[-1][-1]
            self.table[-1][-1] = (attrs, text + data)

    def all(self, tag):
        return [a for t, a in self.tags if t == tag]


def report(run, **more):
    status, out, err = natnap("report", run, **more)
    path = os.path.join(run, "report.html")
    check(f"{os.path.basename(run)}: a page", status == 0 and out == path + "\n", f"{status} {out}{err}")
    with open(path, encoding="utf-8") as f:
        text = f.read()
    page = Page(text)
    check("every element closes, nothing else does", not page.wrong, "\n".join(page.wrong[:20]))
    check("no two elements have one identifier", len(page.ids) == len(set(page.ids)), [i for i in page.ids if page.ids.count(i) > 1])
    loads = [(t, a) for t, a in page.tags for n, v in a.items()
             if n in ("src", "srcset", "data", "action", "poster", "background", "ping") or n.endswith("href") and not v.startswith("#")]
    check("nothing is loaded", not loads and not any(t in ("link", "iframe", "object", "embed", "base", "img", "form") for t, _ in page.tags) and
          not re.search(r"@import|url\((?!#)", "".join(page.texts["style"])), loads)
    check("what figures refer to is there", all(a["href"][1:] in page.ids for a in page.all("use") if "href" in a), page.ids[:40])
    check("no attribute runs anything", not [(t, n) for t, a in page.tags for n in a if n.startswith("on")], "")
    check("one script, ours", len(page.all("script")) == 1 and "addEventListener" in page.texts["script"][0], page.all("script"))
    policy = [a["content"] for a in page.all("meta") if a.get("http-equiv") == "Content-Security-Policy"]
    check("the browser is told so", len(policy) == 1 and "default-src 'none'" in policy[0], policy)
    return page, text, err


# ---- a sweep with hostile texts --------------------------------------------------------------------------------------------

scenario = write("it's hostile.ini", TEXT + SWEEP)
run = os.path.join(tmp.name, "run")
status, out, err = natnap("run", scenario, "--out", run, "--set", "client.port=4000..5000", "--timeline")
if status != 0:
    status, out, err = natnap("run", scenario, "--out", run, "--set", "scenario.warm-up=10min", "--timeline")
check("a run", status == 0, err)
doc = json.load(open(os.path.join(run, "run.json")))
rows = list(csv.DictReader(open(os.path.join(run, "summary.csv"))))
page, text, err = report(run)
check("the title is text", page.texts["title"] == [TITLE] and page.texts["h1"] == [TITLE], page.texts["title"])
check("the scenario is there, whole", doc["scenario"]["text"] in page.texts["pre"] and "</pre><script>" in doc["scenario"]["text"],
      page.texts["pre"][:1])
check("so are the profiles", all(t in page.texts["pre"] for t in doc["profiles"].values()) and doc["profiles"], list(doc["profiles"]))
sources = [line.split("=", 1)[1].strip() for t in doc["profiles"].values() for line in t.splitlines() if line.startswith("source")]
check("with their sources", sources and all(html.escape(s) in text.replace("&#39;", "&#x27;") for s in sources), sources)

head, *body = page.tables["few"]
names = [a["data-name"] for a, _ in head]
check("a row for each point", [[c[1] for c in r[:2]] for r in body] == [[r["client.interval"], r["middlebox.nat.udp-stream"]] for r in rows] and
      len(rows) == 8, body[:2])
check("its swept keys come first", names[:2] == ["client.interval", "middlebox.nat.udp-stream"], names)
check("then what people ask for", {"battery_percent_per_day", "reachable_fraction"} <= set(names), names)
check("a time sorts by its length", [float(r[0][0]["data-s"]) for r in body] == [float(r["client.interval_s"]) for r in rows], body[0][0])
check("a share that is whole has no interval", all("\u00b1" not in t for r in body for (a, _), (_, t) in zip(head, r)
                                                 if a["data-name"] == "reachable_fraction" and t.startswith("1.0000")), body[0])
check("all heads sort", all(a.get("aria-sort") == "none" and a.get("scope") == "col" for a, _ in head) and
      len(page.all("button")) >= len(head), head)
for table in ("few", "all"):
    head, *body = page.tables[table]
    same = [(a["data-name"], k) for k, r in enumerate(body) for (a, _), (cell, t) in zip(head, r)
            if (cell["data-v"] != rows[k][a["data-name"]] and float(cell["data-v"] or "nan") != float(rows[k][a["data-name"]] or "nan") and
                (cell["data-v"] or rows[k][a["data-name"]]))]
    check(f"table {table}: the numbers of summary.csv, with all digits", not same and len(body) == len(rows), same[:5])
check("a button copies each table", [a["data-table"] for a in page.all("button") if a.get("class") == "copy"] == ["few", "all"], "")
check("the recommended intervals", all(a["client.interval"] in text and a["where"] in text for a in doc["recommended"]) and
      text.index("class=\"answer\"") < text.index("<table"), "")
check("for the targets that were asked for", doc["targets"].replace(">", "&gt;").replace("<", "&lt;") in text, doc.get("targets"))
check("what profiles are not sure of", doc["unsure"] and all(name in text for name in doc["unsure"]), "")
command = next(t for t in page.texts["pre"] if t.startswith("natnap run"))
check("the command", "\nnatnap report" in command and "--seed" in command and "--timeline" in command, command)
again = os.path.join(tmp.name, "again")
line = command.splitlines()[0].replace("natnap run", f"'{NATNAP}' run", 1).replace(run, again)
r = subprocess.run(["sh", "-c", line], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
check("which a shell understands, and gives the same numbers", r.returncode == 0 and
      json.load(open(os.path.join(again, "run.json")))["points"] == doc["points"], r.stderr.decode() + line)
if HAS_GNUPLOT:
    svg = page.all("svg")
    check("figures, each with a name for screen readers", len(svg) >= 5 and all(a.get("role") in ("img", "group") and a.get("aria-label") for a in svg), svg)
    check("which draw something", len(page.all("path")) > 50 and not page.all("desc"), "")
    own = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(3)" viewBox="0 0 9 9"><script>alert(4)</script><foreignObject><p>no</p>' \
          '</foreignObject><style>@import url(http://x)</style><image href="http://example.org/a.png"/><use href="http://example.org/#a"/>' \
          '<a href="javascript:alert(5)"><text>gone</text></a><rect fill="url(http://example.org/b)" width="9"/><text>mine &lt;b&gt;</text></svg>'
    write("run/curve.svg", own)
    write("run/heat.svg", "<svg><g></svg>")
    page, text, err = report(run)
    check("a newer picture is the user's; of it shapes and texts alone are taken", "mine &lt;b&gt;" in text and "example.org" not in text and
          "alert(3)" not in text and "alert(4)" not in text and "alert(5)" not in text and "gone" not in text, "")
    check("a broken one is said", "heat: the picture cannot be read" in text, "")
    os.remove(os.path.join(run, "curve.svg"))
    os.mkdir(os.path.join(run, "curve.svg"))
    page, text, err = report(run)
    check("one that cannot be read at all is said too", "A figure cannot be read" in text and "curve.svg" in text, err)

# ---- one point, no gnuplot -------------------------------------------------------------------------------------------------

one = os.path.join(tmp.name, "one")
status, out, err = natnap("run", write("one.ini", TEXT.replace("udp = 60s", "udp = 60s\ntcp-loose = no")), "--out", one)
warned = [line.split("warning: ", 1)[1] for line in err.splitlines() if "warning: " in line]
page, text, err = report(one)
check("what the run warned of", warned and all(html.escape(w).replace("&#x27;", "&#39;") in text for w in warned), warned)
check("one point: what comes of it", "of the battery a day" in text and "reachable" in text and len(page.tables["few"]) == 2, "")
bare = os.path.join(tmp.name, "bare")
natnap("run", scenario, "--out", bare)
page, text, err = report(bare, env={**os.environ, "PATH": ""})
check("without gnuplot a sentence is in the figures' place", not page.all("svg") and "there is no gnuplot" in text, err)
os.remove(os.path.join(bare, "summary.csv"))
os.remove(os.path.join(bare, "cdf.csv"))
page, text, err = report(bare)
check("without the CSV files the tables are there", len(page.tables["few"]) == 9, "")
doc["replications_missing"] = 2
doc["recommended"] = [{"where": "<b>", "met": False, "reason": "<i>", "client.interval": 3}, 7, None]
doc["points"] = doc["points"][:2] + [{"client.interval": "<u>", "energy_j": None, "reachable_fraction": "x"}, 5]
doc["unsure"] = {"<s>": ["<em>", 3]}
doc["profiles"] = {"<h6>": 7, "b": "source=<q>"}
doc["scenario"] = "text"
page, text, err = report(os.path.dirname(write("odd/run.json", json.dumps(doc))))
check("members of other types do no harm, and stay text", not [t for t, _ in page.tags if t in ("b", "i", "u", "s", "em", "h6", "q")] and
      "2 replications are missing" in text, "")

# ---- other documents -------------------------------------------------------------------------------------------------------

plain = write("plain.ini", TEXT.replace(TITLE, "plain"))
for name, command, said in [
        ("tuned", ["tune", plain, "--over", "client.interval=20s..2min", "--reachable", "90%", "--compare-policies"],
         ["<strong>", "Least energy, reachable 90 % of the time", "values.client.max-interval", "values.client.interval"]),
        ("sensitive", ["run", plain, "--sensitivity", "client.interval=20s..50s;path.loss=0%..2%", "--samples", "16"],
         ["depends most on", "client.interval", "as it grows makes it", "mu*"]),
        ("judged", ["check", "linux"], ["MUSTs and", "RFC 5382", "middlebox/linux"]),
        ("replayed", ["replay", os.path.join(TREE, "scenarios/captures/phone-6h.pcap.gz"), "--scenario", os.path.join(TREE, "scenarios/replay-phone.ini"),
                      "--what-if", "radio.profile=lte-huang-2012; wifi-aro"], ["12.19 kJ", "96 % of it for keepalives", "192.0.2.1:993"]),
        ("found", ["discover", plain, "--test", "udp-1", "--test", "mapping"], ["Over UDP a client must speak every", "endpoint-independent", "Not asked, or not found out: Type; Filtering;"])]:
    made = os.path.join(tmp.name, name)
    natnap(*command, "--out", made, *(["--jobs", "2"] if name in ("tuned", "judged") else []))
    page, text, err = report(made)
    check(f"{name}: the answer", all(s in text for s in said), [s for s in said if s not in text])
    check(f"{name}: a table with as many cells in each row", all(len({len(r) for r in t}) == 1 and len(t) > 1 for t in page.tables.values()) and page.tables)
    line = [t for t in page.texts["pre"] if t.startswith(f"natnap {command[0]}")]
    check(f"{name}: the command that made it, without what changes nothing", line and "natnap report" in line[0] and "--jobs" not in line[0] and
          line[0].count("--out") == 1, page.texts["pre"][-1:])
    check(f"{name}: texts with sources", any("source" in t for t in page.texts["pre"]), list(page.texts))
    if name in ("tuned", "found"):
        check(f"{name}: the scenario", open(plain).read() in page.texts["pre"], page.texts["pre"][:1])

# ---- what is no run ---------------------------------------------------------------------------------------------------------

empty = os.path.dirname(write("empty/a.txt", ""))
for name, args, said in [
        ("no folder", [], "no folder given"),
        ("two", [run, run], "takes one folder"),
        ("a folder that is not there", [os.path.join(tmp.name, "none")], "there is no such folder"),
        ("a file", [os.path.join(run, "summary.csv")], "it is no folder"),
        ("a folder without a run", [empty], "there is no run.json in it"),
        ("no JSON", [os.path.dirname(write("bad/run.json", "{"))], "it is no JSON"),
        ("an array", [os.path.dirname(write("array/run.json", "[]"))], "not what natnap run writes"),
        ("nothing at all", [os.path.dirname(write("void/run.json", ""))], "void/run.json"),
        ("another document", [os.path.dirname(write("other/run.json", '{"schema": "natnap-tune/1"}'))], "not what natnap run writes"),
        ("a schema of another type", [os.path.dirname(write("typed/run.json", '{"schema": 3}'))], "not what natnap run writes")]:
    status, out, err = natnap("report", *args)
    check(f"{name}: status 2, and why", status == 2 and said in err and not out and "CRITICAL" not in err, f"{status} {out}{err}")
check("nothing is written there", not [d for d in ("empty", "bad", "array", "other") if os.path.exists(os.path.join(tmp.name, d, "report.html"))])
plan()
