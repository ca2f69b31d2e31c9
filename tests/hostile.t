#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Files that wait, that are not the user's to see, that are far too large: a message within seconds, status 2. Prints TAP."""
import os
import resource
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import NATNAP, check, plan  # noqa: E402

SCENARIO = "[scenario]\nduration = 1h\nreplications = {replications}\n[path]\nmiddleboxes = nat\ndelay = {delay}\n[middlebox nat]\n" \
    "profile = {profile}\n[client]\napplication = udp\npolicy = fixed\ninterval = 30s\n[sweep]\nscenario.seed = {seeds}\n"
SECRET = "root:$6$abcdefgh$0123456789:19000:0:99999:7:::\n"


def main(folder):
    def path(name, text=None):
        at = os.path.join(folder, name)
        if text is not None:
            with open(at, "w") as f:
                f.write(text)
        return at

    def run(*args, **more):
        begin = time.monotonic()
        r = subprocess.run([NATNAP, *args], capture_output=True, timeout=60, text=True, **more)
        return r, time.monotonic() - begin

    def scenario(name, profile="linux", delay="20ms", replications=1, seeds="1"):
        return path(name, SCENARIO.format(profile=profile, delay=delay, replications=replications, seeds=seeds))

    fifo = path("fifo")
    os.mkfifo(fifo)
    for args in (("run", fifo), ("show", fifo), ("replay", fifo, "--scenario", scenario("plain.ini")), ("infer-radio", fifo),
                 ("script", scenario("plain.ini"), fifo), ("run", scenario("a.ini", profile=fifo)), ("run", scenario("b.ini", delay="empirical " + fifo))):
        r, took = run(*args)
        check(f"{args[0]}: a FIFO as input is a message", r.returncode == 2 and "FIFO" in r.stderr and took < 20, r)
    with subprocess.Popen(["cat", scenario("plain.ini")], stdout=subprocess.PIPE) as p:
        r, _ = run("run", f"/dev/fd/{p.stdout.fileno()}", pass_fds=[p.stdout.fileno()])
        check("a pipe of the shell is read", r.returncode == 0 and r.stdout, r)

    secret = path("secret", SECRET)
    for name, text in (("profile", scenario("c.ini", profile=secret)), ("delay", scenario("d.ini", delay="empirical " + secret))):
        r, _ = run("run", text)
        check(f"a file that is none is not quoted: {name}", r.returncode == 2 and secret in r.stderr and "abcdefgh" not in r.stderr and "root" not in r.stderr, r)
    r, _ = run("run", scenario("e.ini"), "--set", f"scenario.population={secret}", "--set", "population.x=client.interval")
    check("a file that is none is not quoted: population", r.returncode == 2 and "abcdefgh" not in r.stderr, r)

    rows = path("probes.csv", "idle_s,rtt_ms\n" + "".join(f"{i % 200 / 10},{50 + i % 7}\n" for i in range(600000)))
    r, took = run("infer-radio", rows)
    check("infer-radio of 600,000 rows is refused at once", r.returncode == 2 and "600000" in r.stderr and took < 30, (r, took))
    r, took = run("run", scenario("f.ini", replications=1000000, seeds="linear 1 2000 2000"))
    check("points times replications are bounded before memory is taken", r.returncode == 2 and "replications" in r.stderr and "memory" in r.stderr, r)
    ends = set()
    many = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "scenarios", "cgn-million.ini")
    for megabytes in (24, 40, 50, 60, 70, 400):
        r, _ = run("run", many, "--jobs", "2", "--set", "scenario.duration=20s", "--set", "scenario.subscribers=50000",
                   preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20)))
        said = any(w in r.stderr.lower() for w in ("no memory", "out of memory", "more threads", "cannot allocate", "failed to map"))
        check(f"{megabytes} MB of address space: the answer, or a message", r.returncode == 0 or (r.returncode in (1, 127) and said), (r.returncode, r.stderr))
        ends.add(r.returncode)
    check("some were too few, some were enough", {0, 1} <= ends, ends)
    r, _ = run("run", scenario("g.ini"), "--trace", "/dev/stdout", stdin=subprocess.DEVNULL)
    check("/dev/stdout is the program's own", r.returncode == 0 and "time_s,end,what" in r.stdout, r)


with tempfile.TemporaryDirectory() as tmp:
    main(tmp)
plan()
