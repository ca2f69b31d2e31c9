#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Rows of [sweep]: linked keys, keys that follow from others, sampled ranges, numbers in files, and mistakes with their place. Prints TAP."""
import csv
import json
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import NATNAP, check, plan  # noqa: E402

tmp = tempfile.TemporaryDirectory()
HEAD = """[scenario]
duration = 1h
seed = 3
[path]
middleboxes = nat
[middlebox nat]
profile = linux
udp-stream = 3min
[client]
application = udp
policy = fixed
[server]
push = poisson 4/h
[sweep]
"""


def natnap(*args):
    p = subprocess.run([NATNAP, *args], capture_output=True, text=True, cwd=tmp.name)
    return p.returncode, p.stdout, p.stderr


def rows(sweep, *args):
    """The rows of summary.csv, each a dict."""
    with open(os.path.join(tmp.name, "s.ini"), "w") as f:
        f.write(HEAD + sweep)
    code, _, err = natnap("run", "s.ini", "--out", "out", *args)
    if code:
        return [{"failed": err}]
    with open(os.path.join(tmp.name, "out", "summary.csv")) as f:
        return list(csv.DictReader(f))


def columns(table, *names):
    return [tuple(row.get(name, row.get("failed")) for name in names) for row in table]


def fails(name, sweep, message, *args):
    with open(os.path.join(tmp.name, "s.ini"), "w") as f:
        f.write(HEAD + sweep)
    code, out, err = natnap("run", "s.ini", *args)
    check(name, code == 2 and out == "" and err.startswith(message), f"{code} {err}")


# ---- linked keys ------------------------------------------------------------------------------------------------------------

I, U, L = "client.interval", "middlebox.nat.udp", "path.loss"
check("rows of two keys", columns(rows(f"{I} & {U} = 30s & 1min; 60s & 2min\n"), I, U) == [("30s", "1min"), ("60s", "2min")])
check("the same with ;", columns(rows(f"{I}; {U} = 30s & 1min; 60s & 2min\n"), I, U) == [("30s", "1min"), ("60s", "2min")])
check("rows turn as one axis of the grid", columns(rows(f"{I} & {U} = 30s & 1min; 60s & 2min\n{L} = 0%; 1%\n"), I, U, L)
      == [("30s", "1min", "0%"), ("30s", "1min", "1%"), ("60s", "2min", "0%"), ("60s", "2min", "1%")])
check("ranges of two keys", columns(rows(f"{I} & {U} = linear 10s 30s 3 & geometric 1min 4min 3\n"), I, U)
      == [("10s", "1min"), ("20s", "2min"), ("30s", "4min")])
check("--set fixes one of them", columns(rows(f"{I} & {U} = 30s & 1min; 60s & 2min\n", "--set", f"{I}=45s"), U) == [("1min",), ("2min",)])
check("--set replaces the row", columns(rows(f"{I} & {U} = 30s & 1min; 60s & 2min\n", "--set", f"sweep.{I}&{U}=5s & 6s; 7s & 8s"), I, U)
      == [("5s", "6s"), ("7s", "8s")])
fails("too few values", f"{I} & {U} = 30s & 1min; 60s\n", f"s.ini:15: [sweep] {I} & {U}: 60s has 1 values for 2 keys")
fails("ranges of unequal length", f"{I} & {U} = linear 10s 30s 3 & linear 1s 2s 4\n",
      f"s.ini:15: [sweep] {I} & {U}: the ranges have 3 and 4 values")
fails("one key twice", f"{I} & {I} = 1s & 2s\n", f"s.ini:15: [sweep] {I} & {I}: a key stands twice")
fails("one key in two rows", f"{I} & {U} = 30s & 1min\n{U} = 5s; 6s\n", f"s.ini:16: [sweep] {U}: {U} stands in another row too")
fails("an unknown key", f"{I} & client.intervl = 30s & 1min\n", f"s.ini:15: [sweep] {I} & client.intervl: there is no key intervl")
fails("a bad value in a row", f"{I} & {U} = 30s & 1min; 60s & 2\n", "s.ini:15: [middlebox nat] udp: a time needs a unit")
fails("such a name elsewhere", f"{I} = 5s; 6s\n[server]\npush & keepalive = 5s\n", "s.ini:16")

# ---- what follows from other keys ----------------------------------------------------------------------------------------------

S = "middlebox.nat.udp-stream"
check("a key as another of the file", columns(rows(f"{U} = {S}\n{I} = 30s; 60s\n"), U, I) == [("3min", "30s"), ("3min", "60s")])
check("as another of the profile", columns(rows(f"middlebox.nat.tcp-close = middlebox.nat.tcp-time-wait\n"), "middlebox.nat.tcp-close")
      == [("120s",)])
check("as another's default", columns(rows(f"client.open-timeout = middlebox.nat.mapping-hold + 2s\n"), "client.open-timeout") == [("2s",)])
check("as one swept", columns(rows(f"{I} = 30s; 60s\n{U} = {I} * 2 + 5s\n"), U + "_s") == [("65",), ("125",)])
check("as one swept in a row below", columns(rows(f"{U} = 50% * {I}\n{I} = 30s; 60s\n"), U) == [("15s",), ("30s",)])
check("as --set has it", columns(rows(f"{U} = {I} / 2 - 1s\n{I} = 30s; 60s\n", "--set", f"{I}=10s"), U) == [("4s",)])
check("one after another", columns(rows(f"{I} = 30s\n{U} = {I} * 2\n{S} = {U} * 2\n"), U + "_s", S + "_s") == [("60", "120")])
check("of the profile that is swept", columns(rows(f"middlebox.nat.profile = linux; pf-default\n{U} = middlebox.nat.tcp-established\n"), U)
      == [("432000s",), ("86400s",)])
same = rows(f"{I} = 30s; 60s\n{U} = {I} * 2\n")
by_hand = rows(f"{I} & {U} = 30s & 1min; 60s & 2min\n")
check("the results are those of the value written out",
      [{k: v for k, v in r.items() if k != U} for r in same] == [{k: v for k, v in r.items() if k != U} for r in by_hand])
fails("of itself", f"{I} = {I} * 2\n", f"s.ini:15: [sweep] {I}: follows from itself")
fails("in a circle", f"{U} = {S}\n{S} = {U}\n", f"s.ini:15: [sweep] {U}: {S} follows from another key in a row below")
fails("of no key", f"{U} = middlebox.nat.upd\n", f"s.ini:15: [sweep] {U}: there is no key upd in [middlebox nat]")
fails("without spaces", f"{U} = {I} x 2\n", f's.ini:15: [sweep] {U}: "x": after a key come * / + or -')
fails("half of it", f"{U} = {I} *\n", f"s.ini:15: [sweep] {U}: nothing after *")
fails("below 0", f"{I} = 30s; 60s\n{U} = {I} - 45s\n", f"s.ini:16: [sweep] {U}: comes to less than 0, or too much, where {I} = 30s")
fails("a time from a share", f"{I} = {L} * 2\n", f"s.ini:15: [sweep] {I}: {L} is a share, and this is a time")
fails("from a distribution", f"{I} = path.delay * 2\n", f"s.ini:15: [sweep] {I}: path.delay = uniform 1ms 2ms is no number",
      "--set", "path.delay=uniform 1ms 2ms")

with open(os.path.join(tmp.name, "tune.ini"), "w") as f:
    f.write(HEAD.replace("duration = 1h", "duration = 6h").replace("poisson 4/h", "none") + f"{I} = 30s; 10min\n{U} & {S} = 60s & 60s; 100s & 100s\n")
tuned = json.loads(natnap("tune", "tune.ini", "--json")[1])["tunes"]
check("natnap tune takes linked keys for one axis", [50 < t["recommended"]["values"][I + "_s"] < 60 or t["recommended"]["values"][I + "_s"] > 90
      for t in tuned] == [True, True], tuned[0]["recommended"])
with open(os.path.join(tmp.name, "tune.ini"), "w") as f:
    f.write(HEAD.replace("duration = 1h", "duration = 6h").replace("poisson 4/h", "none") + f"{I} = 30s; 10min\n{U} = {I} * 2\n{S} = {U}\n")
tuned = json.loads(natnap("tune", "tune.ini", "--json")[1])
check("and keys that follow from the tuned one: its bindings never run out", tuned["recommended"]["values"][I + "_s"] > 560, tuned["recommended"])

# ---- sampled ranges -------------------------------------------------------------------------------------------------------------

SAMPLED = f"{I} = geometric 30s 60min\n{U} = linear 30s 10min\nclient.push-size = linear 100B 1kB\n"


def strata(values, low, high, n):
    return sorted(int((v - low) / (high - low) * n) for v in values) == list(range(n))


for how, n in (("sobol", 64), ("latin-hypercube", 50)):
    table = rows(f"sample = {how} {n}\n" + SAMPLED)
    check(f"{how}: {n} points", len(table) == n, table[0])
    check(f"{how}: each part of a range has one", strata([float(r[U + "_s"]) for r in table], 30, 600, n))
    again = rows(f"sample = {how} {n}\n" + SAMPLED)
    other = rows(f"sample = {how} {n}\n" + SAMPLED, "--seed", "4")
    check(f"{how}: the same for the same seed", columns(again, I, U) == columns(table, I, U))
    check(f"{how}: another for another", columns(other, I, U) != columns(table, I, U))
table = rows(f"sample = sobol 8\n{L} = 0%; 1%\n" + SAMPLED)
check("sampled keys turn together in a grid with the others", len(table) == 16 and columns(table[:8], I, U) == columns(table[8:], I, U)
      and columns(table, L) == [("0%",)] * 8 + [("1%",)] * 8)
table = rows(f"sample = latin-hypercube 40\nclient.answer-tries = linear 1 4\n")
check("whole numbers are as frequent as one another", sorted(r["client.answer-tries"] for r in table) == sorted("1234" * 10), table[0])
check("--set fixes one of the sampled", len(rows("sample = sobol 8\n" + SAMPLED, "--set", f"{I}=45s")) == 8)
check("--set has other counts", len(rows("sample = sobol 8\n" + SAMPLED, "--set", "sweep.sample=latin-hypercube 5")) == 5)
shown = json.loads(natnap("show", "s.ini", "--json", "--set", "sweep.sample=sobol 12")[1])
check("show warns where sobol's count is no power of 2", any("sobol 12" in w and "16" in w for w in shown["warnings"]), shown["warnings"])
check("show counts sampled points", "3 keys sampled at 8 points (sobol)" in natnap("show", "s.ini")[1])
fails("a range without a count, and no sample", f"{I} = linear 1s 2s\n", f"s.ini:15: [sweep] {I}: write it as linear FROM TO COUNT")
fails("sample without such a range", f"sample = sobol 8\n{I} = 5s; 6s\n", "s.ini:15: [sweep] sample: no key has a range without a count")
fails("an unknown way", f"sample = sobl 8\n" + SAMPLED, "s.ini:15: [sweep] sample: sobl is no way of sampling: latin-hypercube, sobol (did you mean sobol?)")
fails("no count", f"sample = sobol\n" + SAMPLED, "s.ini:15: [sweep] sample: write it as latin-hypercube COUNT or sobol COUNT")
fails("too many", f"sample = sobol 1000000\n" + SAMPLED, "s.ini:15: [sweep] sample: 1000000 is too large")

# ---- numbers in files ------------------------------------------------------------------------------------------------------------

table = rows("server.push = poisson 4/h; periodic 10min; none; onoff 5min 1h 26/h\n")
check("rates", columns(table, "server.push_per_h") == [("4",), ("6",), ("0",), ("2",)], columns(table, "server.push_per_h"))
check("their text stays", columns(table, "server.push")[0] == ("poisson 4/h",))
for key, values, column, numbers in [
        (L, "0%; 1.5%", L + "_fraction", ["0", "0.015"]), ("client.push-size", "100B; 1kB", "client.push-size_bytes", ["100", "1000"]),
        (I, "30s; 2min", I + "_s", ["30", "120"]), ("path.delay", "40ms; uniform 1ms 2ms", "path.delay_s", ["0.04", ""]),
        ("middlebox.nat.addresses", "203.0.113.1; 203.0.113.1-203.0.113.4", "middlebox.nat.addresses_count", ["1", "4"])]:
    table = rows(f"{key} = {values}\n")
    check(f"{key} as a number", columns(table, column) == [(n,) for n in numbers], table[0].get("failed") or columns(table, column))
AWAKE, RADIO = "state.light-sleep.power", ("--set", "radio.profile=wifi-esp32c6-dtim1")
table = rows(f"{AWAKE} = 1mA; 1mW; 500uA\n", *RADIO)
check("a column of currents has no place for a power", columns(table, AWAKE + "_ma") == [("1",), ("",), ("0.5",)], columns(table, AWAKE + "_ma"))
check("currents bring mean current and charge", [round(float(r["charge_mah_per_day"]) / float(r["average_current_ma"]), 9) for r in table] == [24, 24, 24], table[0])
table = rows(f"{AWAKE} = linear 1mA 3mA 3\n", *RADIO)
check("ranges of currents", columns(table, AWAKE) == [("1mA",), ("2mA",), ("3mA",)], columns(table, AWAKE))
table = rows(f"{AWAKE} = 2 * state.awake.power\n", *RADIO)
check("a current by another", columns(table, AWAKE) == [("54.96mA",)], columns(table, AWAKE))
fails("a range from a current to a power", f"{AWAKE} = linear 1mA 3mW 3\n", f"s.ini:15: [sweep] {AWAKE}: 1mA is a current, and 3mW is a power", *RADIO)
table = rows("radio.profile = lte-two-state; lte-aro\n")
check("no current where all is power", "average_current_ma" not in table[0], list(table[0]))
rows("middlebox.nat.addresses = 203.0.113.1; 203.0.113.1-203.0.113.4\n")
run = json.loads(natnap("run", "s.ini", "--json")[1])
check("the document has them too", [p.get("middlebox.nat.addresses_count") for p in run["points"]] == [1, 4], run["points"][0])
with open(os.path.join(tmp.name, "out", "cdf.csv")) as f:
    check("and the distribution", "middlebox.nat.addresses_count" in f.readline())
table = rows("client.answer-tries = 1; 2\n")
check("counts are numbers as written", not any(k.startswith("client.answer-tries_") for k in table[0]), list(table[0])[:4])
plan()
