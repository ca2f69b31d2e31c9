#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""natnap discover and natnap check from the command line: statuses, JSON, the written profile, the client. Prints TAP."""
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import NATNAP, check, plan  # noqa: E402

os.environ.pop("NATNAP_PROFILES", None)


def run(*args):
    r = subprocess.run([NATNAP, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    return r.returncode, r.stdout.decode(), r.stderr.decode()


def scenario(name, box, client="application = udp\npolicy = none", path="delay = 20ms", server=""):
    """box: its keys, None: there is no middlebox."""
    file = os.path.join(tmp, name + ".ini")
    boxes, group = ("", "") if box is None else ("middleboxes = box\n", f"[middlebox box]\n{box}\n")
    with open(file, "w") as f:
        f.write(f"[scenario]\nduration = 2h\n[path]\n{boxes}{path}\n{group}[client]\n{client}\n{server}\n")
    return file


def finding(doc, test, port=None):
    return next(f for f in doc["findings"] if f["test"] == test and f.get("port") == port)


def verdicts(doc, subject):
    part = next(p for p in doc["judged"] if p["subject"] == subject)
    return {r["id"]: r["verdict"] for r in part["requirements"]}


def discover():
    linux = scenario("linux", "profile = linux", path="delay = 20ms\nloss = 5%")
    profile = os.path.join(tmp, "found")
    timers = ["udp-1", "udp-3", "udp-quick", "tcp-1", "tcp-syn", "tcp-rst-client", "mapping", "filtering", "ports", "refresh-inbound",
              "refresh-outbound", "tcp-expiry"]
    tests = [a for t in timers for a in ("--test", t)]
    status, out, err = run("discover", linux, "--json", "--profile", profile, *tests)
    doc = json.loads(out) if status == 0 else {"findings": []}
    check("discover writes JSON with a schema", status == 0 and doc.get("schema") == "natnap-discover/1", err)
    truth = {"udp-1": 30, "udp-3": 120, "udp-quick": 30, "tcp-1": 432000, "tcp-syn": 120, "tcp-rst-client": 10}
    for test, value in truth.items():
        f = finding(doc, test)
        check(f"linux {test} at 5 % loss is {value} s", f["alive_at_s"] <= value <= f["dead_at_s"] and f["error"] <= 1e-3, f)
    check("the time is told against the longest timer", doc["longest_timer_s"] > 431999 and
          doc["timers_known_after_per_longest"] < 1.2 and doc["timers_known_after_s"] <= doc["elapsed_s"], doc)
    check("the chance that any finding is misled is the findings' sum", abs(doc["error"] - sum(f["error"] for f in doc["findings"])) < 1e-9)
    check("loss is measured", abs(doc["loss"]["inbound"]["lost"] / doc["loss"]["inbound"]["sent"] - 0.05) < 0.02, doc["loss"])
    status, out, err = run("discover", linux, "--json", *tests)
    check("the same seed, the same bytes", json.loads(out) == doc)
    again = scenario("again", f"profile = {profile}")
    status, out, err = run("run", again)
    check("run accepts the written profile", status == 0, err)
    status, out, err = run("discover", again, "--json", *tests)
    doc2 = json.loads(out) if status == 0 else {"findings": []}
    for test in truth:
        a, b = finding(doc, test), finding(doc2, test)
        check(f"the profile's {test} is the same", a["alive_at_s"] <= b["dead_at_s"] + 1 and b["alive_at_s"] <= a["dead_at_s"] + 1, (a, b))
    for test in ("mapping", "filtering", "ports", "refresh-inbound", "refresh-outbound", "tcp-expiry"):
        check(f"the profile's {test} is the same", finding(doc, test)["answer"] == finding(doc2, test)["answer"])
    for strategy in ("bisect", "grid", "adaptive"):
        status, out, err = run("discover", linux, "--json", "--strategy", strategy, "--test", "udp-3")
        f = finding(json.loads(out), "udp-3")
        check(f"strategy {strategy}", f["alive_at_s"] <= 120 <= f["dead_at_s"], f)
    for args in (["discover"], ["discover", linux, "--strategy", "guess"], ["discover", linux, "--test", "udp-9"],
                 ["discover", linux, "--error", "2"], ["discover", linux, "--max", "5"], ["discover", "/nonexistent"],
                 ["discover", linux, "--duration", "never"], ["discover", linux, "--max", "never"], ["discover", linux, "--flows", "0"],
                 ["discover", linux, "--state", "/dev/zero"], ["discover", linux, "--state", NATNAP], ["discover", linux, "--state", os.devnull],
                 ["discover", linux, "--set", "middlebox.box.udp=30"]):
        status, out, err = run(*args)
        check("bad usage: " + " ".join(args[2:] or args), status == 2 and out == "" and err != "", (status, out, err))
    refused = os.path.join(tmp, "no", "such", "folder")
    status, out, err = run("discover", linux, "--test", "mapping", "--profile", refused)
    check("a profile that cannot be written fails before the work", status == 1 and out == "" and refused in err, (status, err))
    status, out, err = run("discover", linux, "--json", "--test", "tcp-expiry")
    check("a test brings the timer that it needs", status == 0 and finding(json.loads(out), "tcp-1")["state"] == "found", err)
    status, out, err = run("discover", scenario("silent", "profile = linux", path="loss = 100%"), "--test", "udp-1")
    check("nothing found is a failure that says so", status == 1 and "no test came to an answer" in err and " failed " in out, (status, out, err))
    state, args = os.path.join(tmp, "long-state"), ["--test", "mapping", "--set", "scenario.title=" + "x" * 500]
    for what in ("kept", "taken up"):
        status, out, err = run("discover", linux, *args, "--state", state)
        check(f"a state with a long origin is {what}", status == 0, err)


def told():
    """The table as it grows, its verdict, the exit status for scripts."""
    linux = scenario("told", "profile = linux", path="delay = 20ms\nloss = 5%")
    words = [w for t in ("udp-3", "tcp-1", "mapping", "filtering", "tcp-mapping", "tcp-filtering", "refresh-outbound") for w in ("--test", t)]
    status, out, err = run("discover", linux, *words)
    lines = out.splitlines()
    check("the report opens with the answer in a sentence", status == 0 and lines[:2] == [
        "The path forgets UDP after 2 min and TCP after 5 d; its mapping suits peer to peer.", ""], out)
    del lines[:2]
    check("then the kind of NAT, by both names", lines[0] ==
          "NAT:           endpoint-independent mapping, address-and-port-dependent filtering (RFC 4787): port-restricted cone NAT; "
          "TCP the same (RFC 5382)" and lines[1] == "Hole punching: likely by UDP, likely by TCP" and lines[2].startswith("Speak: ") and lines[5] == linux, out)
    rows = [line.split()[0] for line in lines[7:lines.index("", 7)]]
    check("rows come in the order in which they are known", rows.index("mapping") < rows.index("udp-3") < rows.index("tcp-1"), rows)
    speak = [i for i, line in enumerate(lines) if line.startswith("Speak: ")]
    check("a lossy path: two packets of UDP may be lost in a row, a tenth is kept", len(speak) == 1 and
          lines[speak[0]].endswith("every 35 s by UDP (an idle flow lives 119 s; 10 % kept, and 2 packets in a row may be lost),") and
          lines[speak[0] + 1].strip().startswith("every 4 d 11 h by TCP (an idle flow lives 4 d 23 h; 10 % kept)"), out)
    status, out, err = run("discover", linux, "--json", *words)
    verdict = json.loads(out)["verdict"]
    check("the document has the verdict and nothing comes before it", verdict["nat_type"] == "port-restricted cone" and
          verdict["hole_punching_udp"] == "likely" and verdict["speak_udp"]["every_s"] == 35 and not verdict["server_must_speak"], verdict)
    for box, want in (("mapping = address-dependent", ("symmetric", "unlikely", "likely")),
                      ("filtering = endpoint-independent", ("full cone", "likely", "likely")),
                      ("filtering = address-dependent", ("restricted cone", "likely", "likely")),
                      ("tcp-mapping = address-and-port-dependent", ("port-restricted cone", "likely", "unlikely")),
                      ("reject = rst", ("port-restricted cone", "likely", "unlikely")),
                      ("kind = firewall", ("firewall without translation", "likely", "likely"))):
        base = "profile = rfc-minimum\nports = random\nfiltering = address-and-port-dependent\ntcp-mapping = endpoint-independent\n"
        others = [line for line in base.splitlines() if line.split(" = ")[0] != box.split(" = ")[0]]
        file = scenario("kind", "\n".join(others + [box]))
        status, out, err = run("discover", file, "--json", *[w for t in ("mapping", "filtering", "tcp-mapping", "tcp-filtering") for w in ("--test", t)])
        v = json.loads(out)["verdict"] if out else {}
        check(f"{box}: {want}", (v.get("nat_type"), v.get("hole_punching_udp"), v.get("hole_punching_tcp")) == want, (v, err))
    inside = scenario("inside", "profile = rfc-minimum\nrefresh = inbound")
    status, out, err = run("discover", inside, *words)
    check("where packets from inside keep nothing, the server must speak", "the server has to: packets from inside keep nothing" in out, out)
    expectations(linux, words)
    live_rows()


def expectations(linux, words):
    for expect, code in (("mapping=endpoint-independent", 0), ("mapping=address-dependent", 1), ("nat-type=port-restricted cone", 0),
                         ("nat-type=symmetric", 1), ("udp-3=2min", 0), ("udp-3=3min", 1), ("udp-3=1min..", 0), ("udp-3=..1min", 1),
                         ("udp-3=1min..3min", 0), ("tcp-1=2h4min..", 0), ("tcp-1=never", 1), ("hole-punching-tcp=likely", 0), ("hairpin=no", 1)):
        status, out, err = run("discover", linux, "--flows", "64", *words, "--expect", "filtering=address-and-port-dependent", "--expect", expect)
        check(f"--expect {expect}: status {code}", status == code and ((expect in err) == (code == 1)), (status, err))
    status, out, err = run("discover", linux, "--max", "1min", "--test", "udp-3", "--expect", "udp-3=50s..")
    check("--expect: beyond what was tried is at least so much", status == 0, err)
    for expect in ("udp-3=90s..", "udp-3=..90s"):
        status, out, err = run("discover", linux, "--max", "1min", "--test", "udp-3", "--expect", expect)
        check(f"--expect {expect}: beyond what was tried is no more", status == 1 and "> 1min" in err, err)
    for expect in ("mapping", "udp-9=2min", "udp-3=2", "=x", "bindings=many", "udp-3=1min..x"):
        status, out, err = run("discover", linux, "--expect", expect)
        check(f"bad usage: --expect {expect}", status == 2 and out == "" and "--expect" in err, (status, err))
    gone = scenario("gone", "profile = linux", path="delay = 20ms\nloss = 100%")
    status, out, err = run("discover", gone, "--test", "udp-1", "--test", "mapping")
    check("a test without a sure answer: status 1, and it is named", status == 1 and "without a sure answer: udp-1, " in err and
          ", mapping\n" in err, err)


def inputs():
    """A profile's name, a profile's file, and a scenario that says of its path alone."""
    file, box = os.path.join(tmp, "path-alone.ini"), os.path.join(tmp, "box")
    with open(file, "w") as f:
        f.write("[path]\nmiddleboxes = box\n[middlebox box]\nprofile = openwrt\n")
    with open(box, "w") as f:
        f.write("[middlebox]\nbase = openwrt\n")
    for command, more in (("discover", ("--test", "udp-3", "--test", "mapping")), ("check", ("--json",))):
        said = [json.loads(run(command, what, "--json", *more)[1] or "{}") for what in ("openwrt", file, box)]
        found = [d.get("findings") or [j["requirements"] for j in d.get("judged", [])][:1] for d in said]
        check(f"{command} takes a profile, its file, or a path alone", found[0] and found[0] == found[1] == found[2], found)
    status, _, err = run("discover", "opnwrt")
    check("a profile that is none", status == 2 and "did you mean openwrt?" in err, err)
    status, out, _ = run("discover", "openwrt", "--set", "middlebox.box.udp=30s", "--test", "udp-1", "--json")
    check("keys set over a profile", finding(json.loads(out), "udp-1")["value_s"] == 30, out[:300])


def live_rows():
    """Rows are there while the work goes on: in a pipe, long before the end."""
    long = scenario("rows", "profile = linux", path="delay = 20ms\nloss = 5%")
    p = subprocess.Popen([NATNAP, "discover", long, "--duration", "36500d", "--test", "udp-duration", "--test", "mapping", "--test", "udp-1"],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    seen = [p.stdout.readline().decode() for i in range(10)]
    check("rows come while others are being looked for", p.poll() is None and seen[0].startswith("So far: the path forgets UDP after 2 min") and any(s.startswith("mapping ") for s in seen) and
          any(s.startswith("udp-1 ") for s in seen), seen)
    p.send_signal(signal.SIGINT)
    out, err = p.communicate(timeout=60)
    check("and the rest when it is stopped", p.returncode == 1 and b"udp-duration       unfinished" in out and b"Speak: " in out and
          b"\nmapping " not in out, out)


def coarse():
    """A bracket wider than was asked for says why."""
    for loss, said in (("20%", True), ("0%", False)):
        file = scenario("coarse", "profile = linux", path=f"delay = 20ms\nloss = {loss}")
        status, out, err = run("discover", file, "--json", "--test", "udp-3", "--resolution", "300ms")
        f = next(f for f in json.loads(out)["findings"] if f["test"] == "udp-3" and "port" not in f)
        wide = f["dead_at_s"] - f["alive_at_s"] > 0.3
        check(f"at {loss} loss a bracket {'wider' if said else 'no wider'} than was asked for{' says why' if said else ''}", status == 0 and wide == said and
              ("no finer, as a silence takes " in f["detail"]) == said, f)


KINDS = ("mapping", "filtering", "tcp-mapping", "tcp-filtering", "ports", "hairpin")


def quick():
    """--quick: within 15 s on every shipped profile, on a long and lossy path too, and the answers are those of the long way."""
    folder = os.path.join(os.path.dirname(os.path.abspath(NATNAP)), "scenarios", "profiles", "middlebox")
    profiles = sorted(p for p in os.listdir(folder) if p != "EXAMPLE")
    late, unlike, dead = [], [], []
    if "NATNAP_LONG" not in os.environ:  # a fifth, another one each day
        profiles = profiles[int(time.time() / 86400) % 5::5]
    for i, profile in enumerate(profiles):
        path = "delay = 20ms" if i % 2 else "delay = normal 100ms 10ms\nloss = 5%"
        file = scenario("quick", f"profile = {profile}", path=path)
        status, out, err = run("discover", file, "--quick", "--json")
        doc = json.loads(out) if out else {"findings": [], "elapsed_s": 99}
        if status or doc["elapsed_s"] > 15:
            late.append((profile, err))
        dead += [(profile, f) for f in doc["findings"] if f["test"] in ("udp-1", "udp-3", "tcp-1") and f["alive_at_s"] < 4.9]
        status, out, err = run("discover", file, "--json", *[w for t in KINDS for w in ("--test", t)])
        unlike += [(profile, t) for t in KINDS if finding(doc, t)["answer"] != finding(json.loads(out), t)["answer"]]
    check(f"--quick: {len(profiles)} profiles within 15 s", len(profiles) > (70 if "NATNAP_LONG" in os.environ else 13) and not late, late)
    check("--quick: their timers are 5 s at least", not dead, dead)
    check("--quick: mapping, filtering, ports and hairpinning are what the long way finds", not unlike, unlike)
    short = scenario("short", "profile = rfc-minimum\nudp = 3s\nudp-stream = 3s")
    status, out, err = run("discover", short, "--quick", "--json")
    f = finding(json.loads(out), "udp-3")
    check("--quick: a timer below the floor is bracketed", f["alive_at_s"] <= 3 <= f["dead_at_s"], f)
    slow = scenario("slow", "profile = linux", path="delay = 1500ms")
    status, out, err = run("discover", slow, "--quick", "--json")
    check("--quick: what is not known after 15 s is unfinished, status 1", status == 1 and json.loads(out)["elapsed_s"] <= 15 and
          "the 15 s are over" in err, (status, err))


def unverified():
    """What was never measured is marked, and a simulation of it does not make it known."""
    linux, profile, again = scenario("sure", "profile = rfc-minimum"), os.path.join(tmp, "part"), os.path.join(tmp, "part-again")
    marked = []
    for file, source in ((profile, linux), (again, scenario("part-run", f"profile = {profile}"))):
        status, out, err = run("discover", source, "--profile", file, *(["--test", "mapping", "--test", "udp-3"] if file == profile else []))
        line = next((line for line in open(file).read().splitlines() if line.startswith("unverified = ")), "")
        marked.append(set(line[len("unverified = "):].split("; ")))
    check("what was not measured is unverified", "udp" in marked[0] and "tcp-established" in marked[0] and not {"mapping", "udp-stream"} & marked[0], marked)
    check("and is so in the profile of its simulation, all of which is measured", marked[0] <= marked[1] and
          not {"mapping", "udp-stream"} & marked[1], marked)
    check("discover says on standard error what it has from unsure profiles", "unsure numbers of profiles: middlebox/" in err and "udp" in err, err)


def interrupted():
    long = scenario("long", "profile = linux", path="delay = 20ms\nloss = 5%")
    state, profile = os.path.join(tmp, "state"), os.path.join(tmp, "partial")
    args = ["discover", long, "--json", "--state", state, "--profile", profile, "--duration", "36500d", "--test", "udp-duration", "--test", "udp-1",
            "--test", "udp-3", "--test", "tcp-1"]
    p = subprocess.Popen([NATNAP, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(3)  # minutes are left of the hundred years that a flow is to be kept busy
    p.send_signal(signal.SIGINT)
    out, err = p.communicate(timeout=60)
    doc = json.loads(out)
    unfinished = [f["test"] for f in doc["findings"] if f["state"] == "unfinished"]
    check("Ctrl-C: status 1, the rest is unfinished", p.returncode == 1 and "udp-duration" in unfinished, (p.returncode, unfinished))
    check("Ctrl-C: says how many tests are missing", f"interrupted; {len(unfinished)} of {len(doc['findings'])}".encode() in err, err)
    ended = [f for f in doc["findings"] if f["state"] == "found"]
    check("Ctrl-C: what is found is told", all(f["alive_at_s"] < f["dead_at_s"] for f in ended if "alive_at_s" in f), ended)
    status, out, err = run("run", scenario("partial-run", f"profile = {profile}"))
    check("Ctrl-C: the partial profile can be run", status == 0, err)
    args = [a if a != "36500d" else "1d" for a in args]
    status, out, err = run(*args)
    again = json.loads(out)
    check("resumed from its state: all tests end", status == 0 and all(f["state"] != "unfinished" for f in again["findings"]), err)
    check("resumed: what was found is not looked for again", all(f == finding(again, f["test"], f.get("port")) for f in ended), ended)
    for test, value in {"udp-1": 30, "udp-3": 120, "tcp-1": 432000}.items():
        f = finding(again, test)
        check(f"resumed: {test} is {value} s", f["alive_at_s"] <= value <= f["dead_at_s"], f)
    status, out, err = run("discover", long, "--state", state, "--set", "middlebox.box.udp=40s", "--test", "udp-1")
    check("another path's state is refused", status == 2 and out == "" and "another" in err, (status, err))


def conformance():
    status, out, err = run("check", "linux", "--json")
    doc = json.loads(out)
    v = verdicts(doc, "middlebox box")
    check("check says 1 when a MUST is violated", status == 1 and doc["must_violations"] > 0 and doc["schema"] == "natnap-check/1")
    check("Linux violates RFC 4787 REQ-5 and meets RFC 5382 REQ-5", v["4787-REQ-5"] == "violates" and v["5382-REQ-5"] == "meets", v)
    status, out, err = run("check", "cgn-rfc6888", "--markdown")
    check("Markdown has a row a requirement", out.startswith("# Conformance") and out.count("| 6888-REQ-") >= 10, out[:300])
    good = scenario("good", "profile = rfc-recommended\ntracker = linux\ntcp-established = 3h\ntcp-fin-wait = 3h\ntcp-close-wait = 3h\n"
                    "tcp-last-ack = 300s\ntcp-time-wait = 300s\ntcp-syn-sent = 300s\ntcp-syn-sent2 = 300s\ntcp-syn-recv = 300s\n")
    status, out, err = run("check", good, "--json")
    check("check says 0 when no MUST is violated", status == 0 and json.loads(out)["must_violations"] == 0,
          [r for p in json.loads(out)["judged"] for r in p["requirements"] if r["verdict"] == "violates"])
    for what in ("cgn-rfc6888", "hatonen-2010") if "NATNAP_LONG" in os.environ else ("hatonen-2010",):
        first = run("check", what, "--jobs", "1", "--json")
        check(f"check {what}: the same bytes with 3 threads", run("check", what, "--jobs", "3", "--json")[:2] == first[:2])
    kinds = scenario("kinds", "profile = linux")
    with open(kinds, "a") as f:
        f.write("[mix]\nclient.application = mqtt 50%; dtls 50%\n")
    for what, least in (("scenarios/thirty-carriers.ini", 1), ("scenarios/carrier/busy-hour.ini", 1), (kinds, 2)):
        status, out, err = run("check", what, "--json")
        subjects = [j["subject"] for j in json.loads(out or '{"judged": []}')["judged"]]
        check(f"check of several kinds of subscribers, {os.path.basename(what)}: each client that is judged otherwise",
              status in (0, 1) and "client" in subjects and sum(s.startswith("client") for s in subjects) >= least and
              len(subjects) < 8, (status, subjects, err[-300:]))
    check("check: another seed, other boxes of a population", run("check", what, "--seed", "7", "--json")[1] != first[1])
    for args, code in ((["check"], 2), (["check", "no-such-profile"], 2), (["check", "lnux"], 2), (["check", "linux", "--json", "--markdown"], 2),
                       (["check", "linux", "--jobs", "0"], 2), (["check", "linux", "--seed", "-1"], 2)):
        status, out, err = run(*args)
        check("bad usage: " + " ".join(args), status == code and out == "", (status, err))


CLIENTS = [  # the client's lines, the rule, its verdict
    ("application = imap-idle\npolicy = fixed\ninterval = 29min", "5383-4.1-5", "meets"),
    ("application = imap-idle\npolicy = none", "5383-4.1-5", "violates"),
    ("application = imap-idle\npolicy = fixed\ninterval = 1h59min", "5383-4.1-5", "meets"),
    ("application = imap-idle\npolicy = fixed\ninterval = 2h1min", "5383-4.1-5", "violates"),
    ("application = imap-idle\npolicy = fixed\ninterval = 29min", "2177-3", "meets"),
    ("application = imap-idle\npolicy = fixed\ninterval = 31min", "2177-3", "violates"),
    ("application = tcp\npolicy = fixed\ninterval = 29min", "2177-3", "not applicable"),
    ("application = imap-idle\npolicy = fixed\ninterval = 29min", "5383-4.2-2", "meets"),
    ("application = tcp\npolicy = none\ntcp-keepalive = 10min", "5383-4.2-2", "violates"),
    ("application = tcp\npolicy = none\ntcp-keepalive = 2h", "5383-4.2-2", "meets"),
    ("application = udp\npolicy = fixed\ninterval = 14s", "8085-3.5-3", "violates"),
    ("application = udp\npolicy = fixed\ninterval = 5s", "8085-3.5-3", "violates"),
    ("application = udp\npolicy = fixed\ninterval = 15s", "8085-3.5-3", "meets"),
    ("application = udp\npolicy = fixed\ninterval = 15s", "8085-3.5-4", "violates"),
    ("application = sip-outbound-udp", "8085-3.5-3", "meets"),
    ("application = sip-outbound-udp", "8085-3.5-4", "meets"),
    ("application = udp\npolicy = fixed\ninterval = 15s", "5383-4.1-5", "not applicable"),
    ("application = imap-idle\npolicy = fixed\ninterval = 5min", "1122-4.2.3.9", "meets"),
    ("application = imap-idle\npolicy = fixed\ninterval = 5min", "1122-4.2.3.6", "meets"),
    ("application = tcp\npolicy = none\ntcp-keepalive = 2h\ntcp-keepalive-count = 9", "1122-4.2.3.6", "meets"),
    ("application = tcp\npolicy = none\ntcp-keepalive = 2h\ntcp-keepalive-count = 1", "1122-4.2.3.6", "violates"),
    ("application = tcp\npolicy = none", "1122-4.2.3.6", "not applicable"),
    ("application = sip-outbound-udp", "1122-4.2.3.9", "not applicable"),
    ("application = submission", "5383-3-2", "meets"),
    ("application = submission\nport = 25", "5383-3-2", "violates"),
    ("application = imap-idle\npolicy = fixed\ninterval = 29min", "5383-3-2", "not applicable"),
    ("application = tcp\npolicy = fixed\ninterval = 29min", "5383-4-3", "meets"),
    ("application = tcp\npolicy = fixed\ninterval = 29min\ntcp-retries = 5", "5383-4-3", "violates"),
    ("application = tcp\npolicy = fixed\ninterval = 29min\nuser-timeout = 30s", "5383-4-3", "violates"),
    ("application = imap-idle\npolicy = fixed\ninterval = 29min", "5383-4-3", "meets"),  # its answer-timeout is the program's
    ("application = tcp\npolicy = fixed\ninterval = 29min", "5383-4-3-syn", "violates"),  # Linux: 131 s
    ("application = tcp\npolicy = fixed\ninterval = 29min\nsyn-retries = 7", "5383-4-3-syn", "meets"),
    ("application = tcp\npolicy = none", "5383-4.2-2", "meets"),  # off by default
    ("application = tcp\npolicy = tcp-keepalive", "5383-4.2-2", "meets"),  # and two hours where it is only switched on
    ("application = tcp\npolicy = fixed\ninterval = 29min", "5383-4.1-2-ends", "meets"),
    ("application = imap-idle\npolicy = fixed\ninterval = 29min", "5383-8-1", "meets"),
    ("application = imap-idle\npolicy = fixed\ninterval = 29min", "5383-8-2", "violates"),
    ("application = imap-starttls", "5383-8-2", "meets"),
    ("application = imap-starttls\nstarttls = no\ntls = none", "5383-8-1", "violates"),
    ("application = imap-starttls\nstarttls = no\ntls = none", "5383-8-2", "not applicable"),
    ("application = mqtt", "5383-8-1", "not applicable"),
    ("application = imap-noop\n[server]\nmax-age = 1d", "5383-4.1-2-ends", "violates"),
    ("application = imap-noop\n[server]\nmax-age = 3d", "5383-4.1-2-ends", "meets"),
]


def clients():
    seen = {}
    for i, (lines, rule, want) in enumerate(CLIENTS):
        if lines not in seen:
            status, out, err = run("check", scenario(f"client{i}", None, client=lines), "--json")
            seen[lines] = verdicts(json.loads(out), "client") if out else {}
        got = seen[lines].get(rule)
        check(f"client {rule} {want}: {lines!r}", got == want, got)


with tempfile.TemporaryDirectory() as tmp:
    discover()
    told()
    inputs()
    quick()
    coarse()
    unverified()
    interrupted()
    conformance()
    clients()
plan()
