#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""natnap tune, replay, discover and probe lose nothing: killed at random moments and started again they end with the bytes of
an undisturbed run, and whatever fails when they write, old results stay whole. (tests/resume.t has natnap run.)
NATNAP_LONG=1: more of it. NATNAP_RESUME_SEED names a drawing. Arguments: parts (killed calls short full odd probe). Prints TAP."""
import json
import os
import random
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import NATNAP, check, plan, verdict  # noqa: E402

LONG = bool(os.environ.get("NATNAP_LONG"))
KILLS = 100 if LONG else 4
SEED = int(os.environ.get("NATNAP_RESUME_SEED", random.randrange(1 << 32)))
JOURNAL = "natnap.journal"
SCENARIO = """[scenario]
duration = {duration}
seed = 5
[path]
middleboxes = nat
loss = 1%
delay = 20ms
[middlebox nat]
profile = linux
udp = 60s
udp-stream = 60s
[radio]
profile = lte-huang-2012
[client]
application = udp
policy = fixed
interval = 30s
[server]
push = poisson 60/h
"""


class Case:
    """A command that writes into a folder, and one that left an earlier result there."""

    def __init__(self, folder, name, args, old, names):
        self.name, self.args, self.folder = name, args, folder
        self.names = names  # its files
        self.took = -time.monotonic()
        self.reference = self.run(self.at("whole"))
        self.took += time.monotonic()
        self.whole = contents(self.at("whole"))
        subprocess.run([NATNAP, *old(self.at("old"))], capture_output=True, check=True, timeout=120)
        self.old = contents(self.at("old"))
        check(f"{name}: undisturbed", self.reference.returncode == 0 and sorted(self.whole) == sorted(names) and
              self.old != self.whole, (self.reference, sorted(self.whole)))

    def at(self, what):
        path = os.path.join(self.folder, f"{self.name}.{what}")
        os.makedirs(path, exist_ok=True)
        return path

    def run(self, out, **more):
        more.setdefault("timeout", 120)
        return subprocess.run([NATNAP, *self.args(out)], capture_output=True, **more)

    def fresh(self, with_old):
        out = self.at("out")
        shutil.rmtree(out)
        if with_old:
            shutil.copytree(self.at("old"), out)
        else:
            os.makedirs(out)
        return out

    def faults_of(self, out, old):
        """What is wrong in a folder after a run that failed: an old result that is neither whole nor the new one."""
        now = contents(out)
        return [f"{n}: an old result was lost" for n in old if now.get(n) not in (old[n], self.whole.get(n))] + \
            [f"{n} is half" for n, text in now.items() if n.endswith(".json") and not parses(text)]

    def ends(self, out, what):
        """Started again without a fault it comes to the bytes of an undisturbed run."""
        again = self.run(out)
        now = contents(out)
        good = again.returncode == 0 and {n: now.get(n) for n in self.whole} == self.whole and not [
            n for n in os.listdir(out) if n not in self.names]
        return [] if good else [f"{what}: then again: {again.returncode} {again.stderr} {sorted(os.listdir(out))}"]


def contents(folder):
    return {e.name: open(e.path, "rb").read() for e in os.scandir(folder) if e.is_file() and e.name != JOURNAL and ".part-" not in e.name}


def parses(text):
    try:
        json.loads(text)
        return True
    except ValueError:
        return False


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w") as f:
        f.write(text)
    return path


def tune(folder, duration="6h", lossy=True):
    path = write(folder, "tune.ini", SCENARIO.format(duration=duration).replace("1%", "1%" if lossy else "0%"))
    args = ["tune", path, "--set", "client.policy=fixed", "--reachable", "99%", "--bindings-lost", "any"]
    return Case(folder, "tune", lambda out: [*args, "--out", out], lambda out: [*args[:-3], "98%", *args[-2:], "--set", "scenario.duration=1h",
                "--out", out], ("front.csv", "tune.json"))


def replay(folder, duration="1d"):
    path = write(folder, "replay.ini", SCENARIO.format(duration=duration))
    trace, short = os.path.join(folder, "trace.pcap"), os.path.join(folder, "short.pcap")
    for pcap, more in ((trace, []), (short, ["--set", "scenario.duration=10min"])):
        subprocess.run([NATNAP, "run", path, "--pcap", pcap, *more], capture_output=True, check=True, timeout=120)
    args = ["--scenario", path, "--timeline", "--what-if", "middlebox.nat.udp=30s; 2min"]
    return Case(folder, "replay", lambda out: ["replay", trace, *args, "--out", out], lambda out: ["replay", short, *args, "--out", out],
                ("flows.csv", "bursts.csv", "timeline.csv", "energy.csv", "what-if.csv", "replay.json"))


def discover(folder):
    path = write(folder, "discover.ini", SCENARIO.format(duration="1d"))

    def args(out, *more):
        return ["discover", path, "--profile", os.path.join(out, "profile"), "--state", os.path.join(out, "state"), "--json", *more]
    tests = ("--test", "udp-3", "--test", "mapping")
    return Case(folder, "discover", lambda out: args(out, "--set", "middlebox.nat.udp=50s", *tests),
                lambda out: ["discover", path, "--json", "--test", "mapping", "--profile", os.path.join(out, "profile")], ("profile", "state"))


# ---- killed at random moments -----------------------------------------------------------------------------------------

def killed_once(draw, case, out, longest):
    """Its status, None when it was over before, and what it said."""
    p = subprocess.Popen([NATNAP, *case.args(out)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    number = draw.choice((signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP))
    try:
        stderr = p.communicate(timeout=draw.uniform(0.01, longest))[1]
        return (None if p.returncode == 0 else p.returncode), number, stderr
    except subprocess.TimeoutExpired:
        p.send_signal(number)
    stderr = p.communicate(timeout=60)[1]
    return (None if p.returncode == 0 else p.returncode), number, stderr


def killed(folder, draw):
    for make in (tune, replay, discover):
        case, faults, hits, taken = make(folder), [], 0, 0
        for rounds in range(400):
            out = case.fresh(rounds % 2)
            for _ in range(3):
                status, number, stderr = killed_once(draw, case, out, case.took)
                hits += status is not None
                taken += b"going on with it" in stderr
                if status not in (None, 1, -number):
                    faults.append(f"{number}: status {status}: {stderr}")
                faults += case.faults_of(out, case.old if rounds % 2 else {})
            faults += case.ends(out, f"round {rounds}") if case.name != "discover" else []
            if hits >= KILLS:
                break
        check(f"{case.name}: killed {hits} times, old results whole, then the bytes of an undisturbed run", hits >= KILLS and not faults,
              "\n".join(faults))
        if case.name == "tune":
            check("tune: finished replications were taken up", taken > 0)


# ---- writing fails ------------------------------------------------------------------------------------------------------

def small(folder):
    yield tune(folder, "2h", False)
    yield replay(folder, "1h")
    yield discover(folder)


def after_failure(case, out, r, old, what):
    faults = [f"{what}: {f}" for f in case.faults_of(out, old)]
    if r.returncode not in (0, 1) or (r.returncode == 1 and not re.search(rb"space|large|Error|error", r.stderr)):
        faults.append(f"{what}: status {r.returncode}: {r.stderr}")
    now = contents(out)
    if r.returncode == 0 and {n: now.get(n) for n in case.whole} != case.whole:
        faults.append(f"{what}: status 0 without the result")
    return faults + (case.ends(out, what) if case.name != "discover" else [])


def failing_calls(folder, draw):
    """Each call that makes, writes, names or syncs a file fails in turn, alone or with all that follow."""
    shim, source = os.path.join(folder, "fail_nth.so"), os.path.join(os.path.dirname(os.path.abspath(__file__)), "shim", "fail_nth.c")
    if not shutil.which("cc") or subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", shim, source, "-ldl"], capture_output=True).returncode:
        verdict("each call in turn fails", True, directive="SKIP no C compiler")
        return
    for case in small(folder):
        count, faults, failed = os.path.join(folder, "count"), [], 0
        case.run(case.fresh(True), env=dict(os.environ, LD_PRELOAD=shim, FAIL_COUNT=count))
        calls = int(open(count).read())
        for n in range(1, calls + 1) if LONG else sorted(draw.sample(range(1, calls + 1), min(calls, 10))):
            for on in ({}, {"FAIL_ON": "1"}) if LONG else ({"FAIL_ON": "1"} if n // 2 % 2 else {},):
                out = case.fresh(n % 2 == 0)
                r = case.run(out, env=dict(os.environ, LD_PRELOAD=shim, FAIL_NTH=str(n), **on))
                failed += r.returncode == 1
                faults += after_failure(case, out, r, case.old if n % 2 == 0 else {}, f"call {n} of {calls}{' and all after' if on else ''}")
        check(f"{case.name}: of {calls} calls one fails in turn ({failed} failed runs)", calls > 5 and failed > 1 and not faults,
              "\n".join(faults))


def short_files(folder, draw):
    """No file may grow beyond N bytes."""
    for case in small(folder):
        longest, faults = max(len(b) for b in case.whole.values()) + 2, []
        sizes = range(0, longest + 1, 1 if longest < 5000 else 7) if LONG else [0, longest] + draw.sample(range(longest), 3)
        for i, size in enumerate(sizes):
            out = case.fresh(i % 2 == 0)
            r = case.run(out, preexec_fn=lambda size=size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)))
            faults += after_failure(case, out, r, case.old if i % 2 == 0 else {}, f"files of {size} bytes")
        check(f"{case.name}: files that may not grow", not faults, "\n".join(faults))


def full_disk(folder, _draw):
    disk = os.path.join(folder, "disk")
    os.makedirs(disk)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", disk], stderr=subprocess.DEVNULL).returncode != 0:
        verdict("full disk", True, directive="SKIP nothing can be mounted")
        return
    try:
        for case in small(folder):
            faults, used = [], sum(-(-len(b) // 4096) for b in case.old.values())
            for pages in range(1, 30) if LONG else (1, 4, 12):
                subprocess.run(["mount", "-o", "remount,size=4m", disk], check=True)
                out = os.path.join(disk, "x")
                shutil.rmtree(out, ignore_errors=True)
                shutil.copytree(case.at("old"), out)
                subprocess.run(["mount", "-o", f"remount,size={(used + pages) * 4096}", disk], check=True)
                r = case.run(out)
                subprocess.run(["mount", "-o", "remount,size=4m", disk], check=True)
                faults += after_failure(case, out, r, case.old, f"{pages} pages left")
            check(f"{case.name}: full disk, with few pages left", not faults, "\n".join(faults))
    finally:
        subprocess.run(["umount", disk])


def odd_places(folder, _draw):
    for case in small(folder):
        out = case.fresh(True)
        p = subprocess.Popen([NATNAP, *case.args(out)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        p.stdout.close()
        stderr = p.stderr.read()
        now = contents(out)
        check(f"{case.name}: a closed pipe: said, and the files are whole", p.wait(timeout=60) == -signal.SIGPIPE and b"standard output" in stderr and
              {n: now.get(n) for n in case.whole} == case.whole, stderr)
        last = case.names[-1]
        out = case.fresh(False)
        os.mkfifo(os.path.join(out, last))
        r = case.run(out, timeout=60)
        check(f"{case.name}: a FIFO in the place of {last} is a message", r.returncode in (1, 2) and last.encode() in r.stderr and b"FIFO" in r.stderr, r)
        victim = write(folder, "victim", "mine\n")
        out = case.fresh(False)
        os.symlink(victim, os.path.join(out, case.names[0]))
        r = case.run(out)
        check(f"{case.name}: a symbolic link is replaced, not written through", r.returncode == 0 and open(victim).read() == "mine\n" and
              not os.path.islink(os.path.join(out, case.names[0])), r)
    case = tune(folder)
    out = case.fresh(True)
    p = subprocess.Popen([NATNAP, *case.args(out)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while p.poll() is None and not os.path.exists(os.path.join(out, JOURNAL)):
        time.sleep(0.002)
    shutil.rmtree(out)
    stderr = p.communicate(timeout=60)[1]
    check("tune: a folder that vanished comes again, with the result", p.returncode == 0 and contents(out) == case.whole, stderr)
    r = subprocess.run([NATNAP, *case.args(out), "--seed", "6"], capture_output=True, timeout=120)
    check("tune: what is whole is in nobody's way", r.returncode == 0, r)
    p = subprocess.Popen([NATNAP, *case.args(out)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    journal = os.path.join(out, JOURNAL)
    while p.poll() is None and not (os.path.exists(journal) and os.path.getsize(journal) > 4000):
        time.sleep(0.002)
    p.kill()
    p.communicate()
    r = subprocess.run([NATNAP, *case.args(out), "--seed", "7"], capture_output=True, timeout=120)
    forced = subprocess.run([NATNAP, *case.args(out), "--seed", "7", "--force"], capture_output=True, timeout=120)
    check("tune: another seed is refused, --force begins anew", (p.returncode == 0) or (r.returncode == 2 and b"--force" in r.stderr and
          forced.returncode == 0), (r, forced))


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        return min(s.getsockname()[1], 65000)


def reflector(port):
    server = subprocess.Popen([NATNAP, "reflect", "--listen", "127.0.0.1", "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    server.stderr.readline()
    return server


def probe(folder, draw):
    """A probe of this machine that is killed: its state can be read at any time, and the next one goes on from it."""
    port = free_port()
    state, profile, faults = os.path.join(folder, "state"), os.path.join(folder, "home.nat"), []
    rounds = KILLS if LONG else 1
    server = reflector(port)
    try:
        for kills in range(rounds):
            if kills and kills % 6 == 0:  # one address has eight places, and who was killed keeps his for a while
                server.terminate()
                server.wait(timeout=20)
                server = reflector(port)
            p = subprocess.Popen([NATNAP, "probe", "127.0.0.1", "--port", str(port), "--no-raw", "--max", "20s", "--json", "--test", "udp-3",
                                  "--test", "mapping", "--state", state, "--profile", profile], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            number = draw.choice((signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP))
            try:
                stdout, stderr = p.communicate(timeout=draw.uniform(0.05, 1.5))
            except subprocess.TimeoutExpired:
                p.send_signal(number)
                stdout, stderr = p.communicate(timeout=30)
            if p.returncode not in (0, 1, -number):
                faults.append(f"status {p.returncode}: {stderr}")
            if p.returncode == 1 and not parses(stdout):
                faults.append(f"half a document: {stdout}")
            if os.path.exists(state) and not parses(open(state, "rb").read()):
                faults.append("half a state")
        check(f"probe: killed {rounds} times, its state and document are whole", not faults, "\n".join(faults))
    finally:
        server.terminate()
        server.wait(timeout=20)


PARTS = {"killed": killed, "calls": failing_calls, "short": short_files, "full": full_disk, "odd": odd_places, "probe": probe}


def main():
    draw = random.Random(SEED)
    print(f"# NATNAP_RESUME_SEED={SEED}")
    folder = tempfile.mkdtemp(prefix="natnap-interrupted-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
    try:
        for part in sys.argv[1:] or PARTS:
            PARTS[part](folder, draw)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    plan()


main()
