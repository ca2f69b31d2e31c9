#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""natnap over ranks writes the bytes of one process, whatever their number, and what is whole of an interrupted run. Needs
`make MPI=1` and mpirun, else it skips. Prints TAP."""
import filecmp
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from tap import NATNAP, check, plan  # noqa: E402

SCENARIO = """[scenario]
duration = 2h
subscribers = 150
replications = {replications}
seed = 5
[path]
middleboxes = nat
[middlebox nat]
profile = cgn-rfc6888
shared = {shared}
capacity = {capacity}
eviction = lru
[radio]
profile = lte-huang-2012
[client]
application = udp
policy = fixed
interval = 55s
start = uniform 0s 55s
[server]
push = poisson 4/h
[sweep]
client.interval = 40s; 90s
"""
MIX = """[mix]
client.interval = 40s 70%; 90s 30%
"""
ONE = SCENARIO.replace("subscribers = 150", "subscribers = 1").replace("duration = 2h", "duration = 3d")
SCENARIOS = {
    "plain": SCENARIO.format(replications=3, shared="no", capacity=0),
    "shared": SCENARIO.format(replications=3, shared="yes", capacity=0),
    "coupled": SCENARIO.format(replications=3, shared="yes", capacity=60),
    "kinds": SCENARIO.format(replications=2, shared="no", capacity=0).split("[sweep]")[0] + MIX,
    "batches": ONE.format(replications=1, shared="no", capacity=0),
}
# a test may run as root in a container of few processors
ENVIRONMENT = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
                   OMPI_MCA_rmaps_base_oversubscribe="1")


def ranks(n, *args):
    return ["mpirun", "-n", str(n), NATNAP, *args]


def run(command):
    return subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True)


def same_files(a, b):
    names = sorted(os.listdir(a))
    return names == sorted(os.listdir(b)) and all(filecmp.cmp(f"{a}/{n}", f"{b}/{n}", shallow=False) for n in names)


def equal_bytes(folder, name, text):
    path = f"{folder}/{name}.ini"
    open(path, "w").write(text)
    alone = run([NATNAP, "run", path, "--out", f"{folder}/{name}.alone", "--timeline"])
    for n in (1, 2, 3, 5):
        out = f"{folder}/{name}.{n}"
        r = run(ranks(n, "run", path, "--out", out, "--timeline"))
        check(f"{name}: {n} ranks print and write what one process does",
              r.returncode == 0 and r.stdout == alone.stdout and same_files(out, f"{folder}/{name}.alone"), r.stderr)


def tuned_alike(folder):
    goal = ["--over", "client.interval=30s..100s", "--reachable", "90%"]
    alone = run([NATNAP, "tune", f"{folder}/shared.ini", *goal, "--out", f"{folder}/tune.alone"])
    r = run(ranks(3, "tune", f"{folder}/shared.ini", *goal, "--out", f"{folder}/tune.3"))
    same = same_files(f"{folder}/tune.3", f"{folder}/tune.alone")
    check("tune: 3 ranks name what one process does", r.returncode == 0 and r.stdout == alone.stdout and same, r.stderr)


def interrupted(folder):
    path, out = f"{folder}/long.ini", f"{folder}/long"
    text = SCENARIOS["shared"].replace("replications = 3", "replications = 2000")
    open(path, "w").write(text.split("[sweep]")[0])
    p = subprocess.Popen(ranks(2, "run", path, "--out", out), env=ENVIRONMENT, stdout=subprocess.DEVNULL,
                         stderr=subprocess.PIPE, text=True)
    time.sleep(4)
    p.send_signal(signal.SIGINT)
    errors = p.communicate()[1]
    have = json.load(open(f"{out}/run.json"))["points"][0]["replications"]
    check("interrupted: what is complete is kept, and how much is missing said",
          p.returncode != 0 and 0 < have < 2000 and f"{2000 - have} replications are missing" in errors, errors)


def begun(out, command):
    """Start it; its process, once its journal keeps something."""
    p = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    journal = f"{out}/natnap.journal"
    while p.poll() is None and not (os.path.exists(journal) and os.path.getsize(journal) > 20000):
        time.sleep(0.01)
    return p


def resumed(folder):
    """Interrupted, or one of its ranks killed, a run is taken up by another number of ranks, and by one process."""
    path = f"{folder}/resumed.ini"
    open(path, "w").write(SCENARIOS["shared"].replace("replications = 3", "replications = 300"))
    run([NATNAP, "run", path, "--out", f"{folder}/resumed.alone"])
    for n, what in ((2, "interrupted"), (3, "rank killed")):
        out = f"{folder}/resumed.{n}"
        p = begun(out, ranks(n, "run", path, "--out", out))
        if n == 2:
            p.send_signal(signal.SIGINT)
        else:
            for child in open(f"/proc/{p.pid}/task/{p.pid}/children").read().split()[-1:]:
                os.kill(int(child), signal.SIGKILL)
        status = p.wait(timeout=60)
        kept = os.path.exists(f"{out}/natnap.journal")
        other = run(ranks(2, "run", path, "--out", out, "--resume", "--seed", "9"))
        r = run(ranks(3, "run", path, "--out", out, "--resume") if n == 2 else [NATNAP, "run", path, "--out", out, "--resume"])
        check(f"{what}: --resume ends with the bytes of one process", status != 0 and kept and r.returncode == 0 and
              "replications of an interrupted run are in" in r.stderr and same_files(out, f"{folder}/resumed.alone"), (status, kept, r))
        check(f"{what}: ranks that are refused end, all of them", other.returncode == 2 and other.stderr.count("--force") == 1, other)


def left_alone(folder):
    """What only the first rank notices, as it alone writes, ends all of them: none waits for it."""
    plain, file = f"{folder}/plain.ini", f"{folder}/a-file"
    open(file, "w").close()
    goal = ["--over", "client.interval=30s..100s", "--reachable", "90%"]
    for what, *args in (("run", "run", plain, "--out", f"{file}/out"), ("tune", "tune", plain, *goal, "--out", f"{file}/out"),
                        ("a capture", "run", plain, "--pcap", f"{file}/a.pcap"),
                        ("sensitivity", "run", plain, "--sensitivity=client.interval=30s..60s", "--samples", "2", "--out", f"{file}/out")):
        try:
            r = subprocess.run(ranks(3, *args), env=ENVIRONMENT, capture_output=True, text=True, timeout=60)
        except subprocess.TimeoutExpired as e:
            r = subprocess.CompletedProcess(args, None, "", f"ranks wait for the first one: {e}")
        check(f"{what}: where the first rank cannot write all end, and it is said once", r.returncode == 1 and r.stderr.count(file) == 1, r)


def requests(folder):
    """Delays of requests, a quantile over what all ranks have done."""
    path = f"{folder}/requests.ini"
    open(path, "w").write(SCENARIOS["plain"].split("[sweep]")[0].replace("application = udp", "application = tcp\nreport = poisson 20/h\nreport-answer-time = exponential 2s"))
    alone, r = run([NATNAP, "run", path, "--json"]), run(ranks(3, "run", path, "--json"))
    delay = json.loads(alone.stdout)["points"][0]["request_delay_p95_s"] if alone.returncode == 0 else None
    check("delays of requests are those of one process", r.stdout == alone.stdout and delay and delay > 0.1, (delay, r.stderr, alone.stderr))


def others(folder):
    bad = f"{folder}/bad.ini"
    open(bad, "w").write(SCENARIOS["plain"].replace("interval = 55s", "interval = -55s"))
    r = run(ranks(3, "run", bad))
    check("bad input is told once, status 2", r.returncode == 2 and r.stderr.count("interval: ") == 1, r.stderr)
    r = run(ranks(3, "profiles", "radio"))
    alone = run([NATNAP, "profiles", "radio"])
    check("a command that shares nothing is run once", r.returncode == 0 and r.stdout == alone.stdout, r.stderr)


def main():
    if "MPI: not built in" in run([NATNAP, "--version"]).stdout or not shutil.which("mpirun"):
        print("1..0 # SKIP natnap is built without MPI, or there is no mpirun")
        return
    with tempfile.TemporaryDirectory() as folder:
        for name, text in SCENARIOS.items():
            equal_bytes(folder, name, text)
        tuned_alike(folder)
        interrupted(folder)
        resumed(folder)
        left_alone(folder)
        requests(folder)
        others(folder)
    plan()


main()
