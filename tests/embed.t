#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""libnatnap-run as Python's ctypes sees it, beside the command line. Prints TAP."""
import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.path.join(ROOT, "python")]
os.environ.setdefault("NATNAP_LIBRARY", os.path.join(ROOT, os.environ.get("BUILD", "build"), "libnatnap-run.so"))
NATNAP = os.environ.get("NATNAP", os.path.join(ROOT, "natnap"))
from tap import check, plan, verdict  # noqa: E402
import natnap  # noqa: E402

SMALL = """[scenario]
duration = 1h
[path]
middleboxes = home
[middlebox home]
profile = linux
[radio]
profile = lte-huang-2012
[client]
application = udp
policy = fixed
[server]
push = poisson 6/h
[sweep]
client.interval = 30s; 5min
"""
LONG = SMALL.replace("1h", "30d").replace("[path]", "replications = 100000\n[path]")


def refusal(function, *args, **kw):
    try:
        function(*args, **kw)
    except natnap.NatnapError as error:
        return str(error)
    return "not refused"


def command(*args):
    return subprocess.run([NATNAP, *args], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout


with tempfile.TemporaryDirectory() as tmp:
    for name in ("imap-idle-lte.ini", "policies.ini", "small"):
        path = os.path.join(ROOT, "scenarios", name)
        if not os.path.exists(path):
            path = os.path.join(tmp, "small.ini")
            with open(path, "w") as f:
                f.write(SMALL)
        settings = ["scenario.replications=2", "scenario.duration=1h"]
        with open(path) as f:
            text = f.read()
        said = command("run", path, "--json", *[word for s in settings for word in ("--set", s)])
        document = natnap.run(text, set=settings, name=path).document
        check(f"{name}: the document of natnap run, to the byte", document == json.loads(said) and len(said) > 1000)
        if name == "small":
            check("and with a thread or two", natnap.run(text, set=settings, name=path, threads=1).document == document ==
                  natnap.run(text, set=settings, name=path, threads=2).document)
points = natnap.run(SMALL, set={"client.interval": "1min"})
check("settings go over the text", len(points) == 1 and points.document["scenario"]["overrides"] == ["client.interval=1min"])
points = natnap.run(SMALL)
check("points are dicts, names give columns", points["client.interval"] == ["30s", "5min"] and points[1]["energy_j"] > 0)
try:
    import pandas  # noqa: F401
    frame = points.frame()
    check("as a pandas frame", frame.shape == (2, len(points[0])) and list(frame.columns) == list(points[0]) and
          list(frame["energy_j"]) == points["energy_j"], frame)
except ImportError:
    verdict("as a pandas frame", True, directive="SKIP there is no pandas")
rows = natnap.run(SMALL, timeline=True).document["timeline"].splitlines()
check("a timeline, when asked for", rows[0] == "time_s,kind,state,power_mw,detail" and rows[-1].startswith("3600.") and
      "timeline" not in points.document)
check("the linux profile as natnap check judges it", natnap.check(profile="linux") == json.loads(command("check", "linux", "--json")))
schema = natnap.schema(SMALL)
interval = next(v for v in schema["values"] if v["key"] == "client.interval")
check("the schema tells keys, and how far a value may be moved", len(schema["keys"]) == len(json.loads(command("help", "--json"))["keys"]) and
      (interval["number"], interval["low"], interval["high"], interval["tail"]) == (30, 30, 300, "s") and "values" not in natnap.schema())
pushes = [next(v for v in natnap.schema(SMALL.replace("poisson 6/h", push))["values"] if v["key"] == "server.push") for push in
          ("poisson 6/h", "periodic 15min", "none", "onoff 1h 1h 10/h")]
check("arrivals keep their word; what is no single number is no slider", [(v.get("head"), v.get("number"), v.get("tail")) for v in pushes] ==
      [("poisson ", 6, "/h"), ("periodic ", 900, "s"), ("poisson ", 0, "/h"), (None, None, None)], pushes)
every = natnap.schema(SMALL, set=schema["one_day"])
check("each value that can be moved reads back as it is written", all(
    refusal(natnap.schema, SMALL, set=schema["one_day"] + [f"{v['key']}={v['head']}{v['number']:.12g}{v['tail']}"]) == "not refused"
    for v in every["values"] if "number" in v and v["first"]))

# ---- what is refused
check("a bad value, with its line", refusal(natnap.run, SMALL.replace("policy = fixed", "policy = fixed\ninterval = soon")).startswith(
    "scenario:12: [client] interval: "))
check("the name is the caller's", refusal(natnap.run, "x", name="mine").startswith("mine:1: "))
check("a bad setting", "did you mean interval" in refusal(natnap.run, SMALL, set=["client.intervall=5s"]))
check("no file can be named", "no file can be named here" in refusal(natnap.run, SMALL.replace("poisson 6/h", "gaps empirical /etc/passwd")))
check("no profile's file either", "profile" in refusal(natnap.run, SMALL.replace("profile = linux", "profile = /etc/passwd")))
check("an unknown profile to check", "did you mean" in refusal(natnap.check, profile="linus"))
check("a bad escape", "after a \\ comes one of" in refusal(natnap.run, SMALL.replace("duration", "title = \\q\nduration")))
absurd = SMALL.replace("duration = 1h", "duration = 1h\nreplications = 1000000").replace("30s; 5min", "linear 1s 10000s 10000")
check("more replications than memory holds", "more than this machine's memory" in refusal(natnap.run, absurd))
check("empty text", refusal(natnap.run, "") == "scenario: empty: there is no [group] in it")

# ---- threads, stopping, memory
whole, results = natnap.run(SMALL).document, []
threads = [threading.Thread(target=lambda: results.extend(natnap.run(SMALL, threads=2).document == whole for _ in range(5))) for _ in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
check("four threads at once", results == [True] * 20)

signal.signal(signal.SIGINT, signal.default_int_handler)
begun, seen = time.time(), []
threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
try:
    natnap.run(LONG, progress=lambda done, of: seen.append((done, of)))
    stopped = "never"
except KeyboardInterrupt:
    stopped = time.time() - begun
check("KeyboardInterrupt stops a long run", stopped != "never" and stopped < 20 and seen and seen[-1][0] < seen[-1][1] == 200000, stopped)


def give_up(done, of):
    raise RuntimeError("enough")


try:
    natnap.run(LONG, progress=give_up)
    raised = None
except RuntimeError as error:
    raised = str(error)
check("what progress raises ends the run", raised == "enough")


class Old(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("name", ctypes.c_char_p)]


lib, out = ctypes.CDLL(os.environ["NATNAP_LIBRARY"]), ctypes.c_void_p()
status = lib.nap_text_run(b"x", ctypes.byref(Old(ctypes.sizeof(Old), b"old")), ctypes.byref(out))
check("a caller with a shorter struct of options", status == 2 and ctypes.string_at(out).startswith(b"old:1: "))
lib.nap_free(out)


def resident():
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * resource.getpagesize()


tiny = SMALL.replace("30s; 5min", "5min")
for _ in range(100):
    natnap.run(tiny, threads=1)
before = resident()
for _ in range(1000):
    natnap.run(tiny, threads=1)
    refusal(natnap.run, "x")
check("no leak over 1,000 runs", resident() - before < 4 << 20, resident() - before)
plan()
