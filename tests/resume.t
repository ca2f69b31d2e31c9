#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""natnap run --out DIR loses nothing: killed at random moments and taken up again it ends with the bytes of an undisturbed run,
and whatever fails when it writes, an old result stays whole. NATNAP_LONG=1: more of it. NATNAP_RESUME_SEED names a drawing.
Arguments: parts of it (killed several refused damaged short calls full odd). Prints TAP."""
import csv
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import NATNAP, check, plan, verdict  # noqa: E402

LONG = bool(os.environ.get("NATNAP_LONG"))
KILLS = 100 if LONG else 30
SEED = int(os.environ.get("NATNAP_RESUME_SEED", random.randrange(1 << 32)))
JOURNAL = "natnap.journal"
SCENARIO = """[scenario]
duration = {duration}
subscribers = {subscribers}
replications = {replications}
seed = 5
[path]
middleboxes = nat
loss = 1%
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
push = poisson 60/h
"""
SWEEP = "[sweep]\nclient.interval = 20s; 40s; 90s\n"


def scenario(duration="24h", subscribers=1, replications=60, shared="no", capacity=0, rest=SWEEP):
    return SCENARIO.format(duration=duration, subscribers=subscribers, replications=replications, shared=shared,
                           capacity=capacity) + rest


# one subscriber a run, as many runs as threads like; one run alone, whose batches are kept; all coupled through one box, and watched
CAMPAIGNS = {
    "sweep": (scenario(replications=35), []),
    "single": (scenario(duration="20d", replications=1, rest="[sweep]\nclient.interval = linear 20s 90s 8\n"), []),
    "coupled": (scenario(duration="1h", subscribers=100, replications=12, shared="yes", capacity=60), ["--timeline"]),
}


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w") as f:
        f.write(text)
    return path


def run(*args, **more):
    more.setdefault("timeout", 120)
    return subprocess.run([NATNAP, "run", *args], capture_output=True, **more)


def bytes_of(folder):
    """All files directly in it but the journal."""
    return {e.name: open(e.path, "rb").read() for e in os.scandir(folder) if e.is_file() and e.name != JOURNAL}


def differs(a, b):
    return "differ: " + ", ".join(sorted(n for n in a.keys() | b.keys() if a.get(n) != b.get(n)))


def is_partial(folder):
    """The files of an interrupted run: whole ones, which say what is missing."""
    doc = json.load(open(os.path.join(folder, "run.json")))
    rows = list(csv.DictReader(open(os.path.join(folder, "summary.csv"), newline="")))
    missing = [int(row["replications_missing"]) for row in rows]
    return 0 < doc["replications_missing"] == sum(missing) and all(
        point.get("replications_missing", 0) == n and int(row["replications"]) + n == doc["replications"]
        for point, n, row in zip(doc["points"], missing, rows))


# ---- killed at random moments -----------------------------------------------------------------------------------------

def killed_once(draw, path, out, more, longest):
    """Go on with the run and end it at a random moment; its status, None when it was over before, and its words."""
    p = subprocess.Popen([NATNAP, "run", path, "--out", out, *draw.choice(([], ["--resume"])), "--jobs", str(draw.choice((1, 2, 3))), *more],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    number = draw.choice((signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP))
    try:
        said = p.communicate(timeout=longest if longest > 1000 else draw.uniform(0.01, longest))
        return (p.returncode or None), said, number
    except subprocess.TimeoutExpired:
        p.send_signal(number)
    said = p.communicate(timeout=60)
    return (None if p.returncode == 0 else p.returncode), said, number


def killed(folder, draw, name, kills):
    text, more = CAMPAIGNS[name]
    path, other = write(folder, name + ".ini", text), write(folder, "other.ini", scenario(duration="1h", replications=2))
    begin = time.monotonic()
    reference = run(path, "--out", os.path.join(folder, name + ".whole"), "--jobs", "1", *more)
    took = time.monotonic() - begin
    whole, faults, hits, resumed, rounds = bytes_of(os.path.join(folder, name + ".whole")), [], 0, 0, 0
    check(f"{name}: the undisturbed run leaves no journal", reference.returncode == 0 and JOURNAL not in
          os.listdir(os.path.join(folder, name + ".whole")), reference.stderr)
    while hits < kills:
        out = os.path.join(folder, f"{name}.{rounds}")
        old = {}
        if rounds % 2:
            run(other, "--out", out)
            old = bytes_of(out)
        rounds += 1
        for patience in range(200):  # longer and longer, and as long as it takes when there were kills enough
            longest = took * (0.5 + patience / 20) if hits < kills else 3600
            status, (stdout, stderr), number = killed_once(draw, path, out, more, longest)
            resumed += b"replications of an interrupted run are in" in stderr
            if status is None:
                break
            hits += 1
            now = bytes_of(out) if os.path.isdir(out) else {}
            if status not in (1, -number):
                faults.append(f"{number}: status {status}: {stderr}")
            if old and any(now.get(n) not in (old[n], whole.get(n)) for n in old):
                faults.append(f"{number}: an old result was lost: {differs(old, now)}")
            part = os.path.join(out, "partial")  # where there is a whole result: another one's, or this one's, killed when it was done
            part = part if old or os.path.isdir(part) else out
            if status == 1 and b"replications are missing" in stderr and os.path.exists(part) and not is_partial(part):
                faults.append(f"{number}: what is missing is not said in {part}")
        else:
            faults.append("it does not come to an end")
        left = sorted(os.listdir(out))
        if bytes_of(out) != whole or stdout != reference.stdout or left != sorted(whole):
            faults.append(f"round {rounds}: {differs(whole, bytes_of(out))} {left}")
        shutil.rmtree(out)
    check(f"{name}: killed {hits} times in {rounds} runs, the bytes of an undisturbed run", not faults, "\n".join(faults))
    check(f"{name}: finished replications were taken up", resumed > 0, resumed)


# ---- another run, a damaged journal -----------------------------------------------------------------------------------

def begun(path, out, *more):
    """Leave a journal that keeps something."""
    for _ in range(20):
        shutil.rmtree(out, ignore_errors=True)
        p = subprocess.Popen([NATNAP, "run", path, "--out", out, *more], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        journal = os.path.join(out, JOURNAL)
        while p.poll() is None and not (os.path.exists(journal) and os.path.getsize(journal) > 20000):
            time.sleep(0.005)
        p.kill()
        p.wait()
        if os.path.exists(journal):
            return journal
    raise RuntimeError("it is always over before")


def refused(folder, _draw):
    write(folder, "gaps.txt", "20ms\n30ms\n")
    values = CAMPAIGNS["sweep"][0].replace("loss = 1%", "loss = 1%\ndelay = empirical gaps.txt")
    path, out = write(folder, "refused.ini", values), os.path.join(folder, "refused")
    journal = begun(path, out)
    kept = open(journal, "rb").read()

    def refuses(name, why, *args):
        r = run(path, "--out", out, *args)
        check(f"refused: {name}", r.returncode == 2 and re.search(why, r.stderr.decode()) and b"--force" in r.stderr and not r.stdout and
              open(journal, "rb").read() == kept, r)

    refuses("another key, without a word", r"keeps \d+ finished replications .* of another scenario", "--set", "client.interval=21s")
    refuses("another key", "of another scenario", "--resume", "--set", "client.interval=21s")
    refuses("another seed", "of another scenario", "--resume", "--seed", "6")
    refuses("more replications", "of another scenario", "--resume", "--replications", "36")
    write(folder, "refused.ini", values.replace("90s", "91s"))
    refuses("an edited scenario", "of another scenario", "--resume")
    write(folder, "refused.ini", values)
    write(folder, "gaps.txt", "20ms\n31ms\n")
    refuses("an edited file of values", "of another scenario", "--resume")
    write(folder, "gaps.txt", "20ms\n30ms\n")
    profiles = os.path.join(folder, "profiles", "radio")
    os.makedirs(profiles)
    own = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "scenarios", "profiles", "radio", "lte-huang-2012")
    write(profiles, "lte-huang-2012", open(own).read() + "\n# of our own\n")
    r = run(path, "--out", out, "--resume", env=dict(os.environ, NATNAP_PROFILES=os.path.dirname(profiles)))
    check("refused: another profile of that name", r.returncode == 2 and b"of another scenario" in r.stderr, r)
    open(journal, "wb").write(kept.replace(b"build ", b"build 9.", 1))
    r = run(path, "--out", out, "--resume")
    check("refused: another version", r.returncode == 2 and b"by another version or build" in r.stderr, r)
    open(journal, "wb").write(kept)
    r = run(path, "--out", out, "--resume")
    check("the same is taken", r.returncode == 0 and b"replications of an interrupted run are in" in r.stderr and
          not os.path.exists(journal), r)
    begun(path, out)
    r = run(path, "--out", out)
    undisturbed = run(path, "--out", out + ".whole")
    check("the same again, without a word, goes on and says so", r.returncode == 0 and
          re.search(rb"natnap: \d+ replications of an interrupted run are in .*: going on with it", r.stderr) and
          r.stdout == undisturbed.stdout and bytes_of(out) == bytes_of(out + ".whole"), r)
    begun(path, out)
    r = run(path, "--out", out, "--force", "--seed", "6")
    check("--force begins anew", r.returncode == 0 and json.load(open(os.path.join(out, "run.json")))["seed"] == 6 and
          not os.path.exists(journal), r)
    for args, why in ((["--resume"], "need --out"), (["--force"], "need --out"), (["--out", out, "--resume", "--force"], "one of them")):
        r = run(path, *args)
        check("usage: " + " ".join(args), r.returncode == 2 and why in r.stderr.decode(), r)


def damaged(folder, draw):
    """Cut off or changed anywhere, a journal never spoils a result."""
    path, out = write(folder, "damaged.ini", scenario(duration="12h", replications=5)), os.path.join(folder, "damaged")
    run(path, "--out", os.path.join(folder, "damaged.whole"))
    whole = bytes_of(os.path.join(folder, "damaged.whole"))
    journal = os.path.join(out, JOURNAL)
    os.makedirs(os.path.join(out, "run.json"))  # a result that cannot be written: the journal has it all
    r = run(path, "--out", out)
    check("a result that cannot be written leaves the journal", r.returncode == 1 and b"run.json" in r.stderr and b"the same command does the rest" in r.stderr and
          os.path.exists(journal), r)
    os.rmdir(os.path.join(out, "run.json"))
    kept, faults, refusals = open(journal, "rb").read(), [], 0
    for i in range(200 if LONG else 25):
        changed = bytearray(kept)
        at = draw.randrange(len(kept))
        if i % 3 == 0:
            del changed[at:]
        elif i % 3 == 1:
            changed[at] ^= 1 << draw.randrange(8)
        else:
            changed[at:at + draw.randrange(5000)] = draw.randbytes(draw.randrange(1, 5000))
        shutil.rmtree(out)
        os.makedirs(out)
        open(journal, "wb").write(changed)
        r = run(path, "--out", out, "--resume")
        refusals += r.returncode == 2
        if r.returncode == 2 and open(journal, "rb").read() == changed and not bytes_of(out):
            continue
        if r.returncode != 0 or bytes_of(out) != whole:
            faults.append(f"{at}: {r.returncode} {r.stderr}")
    check("damaged journals: the same bytes, or a refusal", not faults and refusals < 25, "\n".join(faults))


# ---- writing fails ------------------------------------------------------------------------------------------------------

def after_failure(path, out, r, old, whole, faults, what):
    """A failed run: said, by its status too, and the old result or the new one in every file; then --resume ends it."""
    now = bytes_of(out) if os.path.isdir(out) else {}
    if r.returncode not in (0, 1) or (r.returncode == 1 and not re.search(rb"space|large|Error|error", r.stderr)):
        faults.append(f"{what}: status {r.returncode}: {r.stderr}")
    if any(now.get(n) not in (old[n], whole.get(n)) for n in old):
        faults.append(f"{what}: an old result was lost: {differs(old, now)}")
    if r.returncode == 0 and {n: now.get(n) for n in whole} != whole:
        faults.append(f"{what}: status 0 without the result: {differs(whole, now)}")
    again = run(path, "--out", out, "--resume")
    if again.returncode != 0 or bytes_of(out) != whole or os.path.exists(os.path.join(out, JOURNAL)):
        faults.append(f"{what}: then --resume: {again.returncode} {again.stderr} {differs(whole, bytes_of(out))}")


def failing_case(folder, name):
    path = write(folder, name + ".ini", scenario(duration="2h", replications=3))
    other = write(folder, "other.ini", scenario(duration="1h", replications=2))
    run(path, "--out", os.path.join(folder, name + ".whole"))
    run(other, "--out", os.path.join(folder, name + ".old"))
    return path, bytes_of(os.path.join(folder, name + ".old")), bytes_of(os.path.join(folder, name + ".whole"))


def fresh(folder, name, old):
    out = os.path.join(folder, name)
    shutil.rmtree(out, ignore_errors=True)
    if old:
        shutil.copytree(os.path.join(folder, name + ".old"), out)
    return out


def short_files(folder, draw):
    """No file may grow beyond N bytes."""
    path, old, whole = failing_case(folder, "short")
    longest, faults = max(len(b) for b in whole.values()) + 2, []
    sizes = range(0, longest + 1) if LONG else [0, 1, 4096, longest - 3, longest] + draw.sample(range(longest), 20)
    for i, size in enumerate(sizes):
        out = fresh(folder, "short", i % 2 == 0)
        r = run(path, "--out", out, restore_signals=bool(i % 3),
                preexec_fn=lambda size=size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)))
        after_failure(path, out, r, old if i % 2 == 0 else {}, whole, faults, f"files of {size} bytes")
    check(f"files that may not grow: {len(list(sizes))} sizes", not faults, "\n".join(faults))


def failing_calls(folder, _draw):
    """Each call that makes, writes, names or syncs a file fails in turn, alone and with all that follow."""
    shim, source = os.path.join(folder, "fail_nth.so"), os.path.join(os.path.dirname(os.path.abspath(__file__)), "shim", "fail_nth.c")
    built = shutil.which("cc") and subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", shim, source, "-ldl"], capture_output=True).returncode == 0
    if not built:
        verdict("each call in turn fails", True, directive="SKIP no C compiler")
        return
    path, old, whole = failing_case(folder, "calls")
    count = os.path.join(folder, "count")
    out = fresh(folder, "calls", True)
    run(path, "--out", out, env=dict(os.environ, LD_PRELOAD=shim, FAIL_COUNT=count))
    calls, faults = int(open(count).read()), []
    failed = 0
    for n in range(1, calls + 1):
        for on in ({}, {"FAIL_ON": "1"}) if LONG else ({"FAIL_ON": "1"} if n // 2 % 2 else {},):
            out = fresh(folder, "calls", n % 2 == 0)
            r = run(path, "--out", out, env=dict(os.environ, LD_PRELOAD=shim, FAIL_NTH=str(n), **on))
            failed += r.returncode == 1
            after_failure(path, out, r, old if n % 2 == 0 else {}, whole, faults, f"call {n} of {calls} fails{' and all after' if on else ''}")
    check(f"each of {calls} calls fails in turn ({failed} failed runs)", calls > 15 and failed > calls // 3 and not faults, "\n".join(faults))


def full_disk(folder, _draw):
    disk = os.path.join(folder, "disk")
    os.makedirs(disk)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", disk], stderr=subprocess.DEVNULL).returncode != 0:
        verdict("full disk", True, directive="SKIP nothing can be mounted")
        return
    try:
        path, old, whole = failing_case(folder, "full")
        faults = []
        for pages in range(1, 40) if LONG else (1, 2, 3, 4, 6, 8, 10, 12, 14, 16, 18, 20, 24):
            subprocess.run(["mount", "-o", f"remount,size={400 * 1024}", disk], check=True)
            out = os.path.join(disk, "x")
            shutil.rmtree(out, ignore_errors=True)
            shutil.copytree(os.path.join(folder, "full.old"), out)
            used = sum(-(-len(b) // 4096) for b in old.values())
            subprocess.run(["mount", "-o", f"remount,size={(used + pages) * 4096}", disk], check=True)
            r = run(path, "--out", out)
            subprocess.run(["mount", "-o", f"remount,size={400 * 1024}", disk], check=True)
            after_failure(path, out, r, old, whole, faults, f"{pages} pages left")
        check("full disk, with few pages left", not faults, "\n".join(faults))
    finally:
        subprocess.run(["umount", disk])


def odd_places(folder, _draw):
    path, old, whole = failing_case(folder, "odd")
    slow = write(folder, "slow.ini", CAMPAIGNS["sweep"][0])
    out = os.path.join(folder, "vanished")
    p = subprocess.Popen([NATNAP, "run", slow, "--out", out], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while not os.path.exists(os.path.join(out, JOURNAL)) and p.poll() is None:
        time.sleep(0.002)
    second = run(slow, "--out", out, "--force")
    running = p.poll() is None
    shutil.rmtree(out)
    stderr = p.communicate(timeout=60)[1]
    reference = run(slow, "--out", os.path.join(folder, "slow.whole"))
    check("two runs into one folder: the second is refused", not running or (second.returncode == 1 and b"another natnap" in second.stderr), second)
    check("a folder that vanished comes again, with the result", p.returncode == 0 and reference.returncode == 0 and
          bytes_of(out) == bytes_of(os.path.join(folder, "slow.whole")), stderr)
    out = fresh(folder, "odd", True)
    p = subprocess.Popen([NATNAP, "run", path, "--out", out], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    p.stdout.close()
    stderr = p.stderr.read()
    check("a closed pipe: said, and the files are whole", p.wait(timeout=60) == -signal.SIGPIPE and b"standard output" in stderr and bytes_of(out) == whole, stderr)
    write(folder, "plain", "")
    for name, at in (("below a file", os.path.join(folder, "plain", "x")), ("in /proc", "/proc/natnap")):
        begin = time.monotonic()
        r = run(write(folder, "endless.ini", scenario(duration="3650d", replications=1000)), "--out", at)
        check(f"a folder that cannot be, {name}, is found before the run", r.returncode == 1 and at.encode() in r.stderr and
              not r.stdout and time.monotonic() - begin < 5, r)
    for name, make in (("a symbolic link", lambda at: os.symlink(os.path.join(folder, "plain"), at)), ("a FIFO", os.mkfifo), ("a folder", os.mkdir)):
        out = fresh(folder, "odd", True)
        make(os.path.join(out, JOURNAL))
        r = run(path, "--out", out, "--force", timeout=20)
        check(f"{name} in the journal's place", r.returncode == 1 and JOURNAL.encode() in r.stderr and bytes_of(out).items() >= old.items(), r)
    out = fresh(folder, "odd", True)
    for name in ("run.json.part-Ab3dEf", "summary.csv.part-000000"):
        write(out, name, "half")
    write(out, "timeline.csv", "old\n")
    r = run(path, "--out", out)
    check("what a killed run left half is removed, what is of an earlier one is named", r.returncode == 0 and
          bytes_of(out) == {**whole, "timeline.csv": b"old\n"} and re.search(rb"timeline.csv is of an earlier run", r.stderr), r)
    r = run(path, "--out", out, "--resume")
    check("nothing to go on with: said, and done", r.returncode == 0 and b"no interrupted run" in r.stderr, r)


def several(folder, draw):
    """Several scenarios of one command: each goes on with its own."""
    paths = [write(folder, name, scenario(replications=25, duration=duration)) for name, duration in (("one.ini", "24h"), ("two.ini", "20h"))]
    run(*paths, "--out", os.path.join(folder, "both.whole"))
    out, rounds = os.path.join(folder, "both"), 0
    for rounds in range(50):
        p = subprocess.Popen([NATNAP, "run", *paths, "--out", out, "--resume"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            p.wait(timeout=draw.uniform(0.05, 0.6))
            break
        except subprocess.TimeoutExpired:
            p.kill()
            p.wait()
    same = all(bytes_of(os.path.join(out, n)) == bytes_of(os.path.join(folder, "both.whole", n)) for n in ("one", "two"))
    check("several scenarios: each goes on with its own", p.returncode == 0 and same, rounds)


def all_killed(folder, draw):
    for name in CAMPAIGNS:
        killed(folder, draw, name, KILLS // len(CAMPAIGNS))


PARTS = {"killed": all_killed, "several": several, "refused": refused, "damaged": damaged, "short": short_files, "calls": failing_calls,
         "full": full_disk, "odd": odd_places}


def main():
    draw = random.Random(SEED)
    print(f"# NATNAP_RESUME_SEED={SEED}")
    folder = tempfile.mkdtemp(prefix="natnap-resume-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
    try:
        for part in sys.argv[1:] or PARTS:
            PARTS[part](folder, draw)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    plan()


main()
