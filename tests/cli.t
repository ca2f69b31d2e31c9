#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The command line: exit statuses, messages with their place, lost output. Prints TAP."""
import os
import re
import subprocess
import tempfile
import time

NATNAP = os.path.abspath(os.environ.get("NATNAP", "./natnap"))
os.environ.pop("NATNAP_PROFILES", None)
count = 0


def check(name, good, why=""):
    global count
    count += 1
    print(f"{'ok' if good else 'not ok'} {count} - {name}")
    if not good:
        for line in str(why).splitlines()[:20]:
            print(f"# {line}")


def run(*args, **kw):
    kw.setdefault("stdout", subprocess.PIPE)
    return subprocess.run([NATNAP, *args], stderr=subprocess.PIPE, timeout=30, **kw)


def expect(name, args, status, err=None, out=None):
    """status, and what the two streams must hold; bad input writes nothing to standard output"""
    r = run(*args)
    stdout, stderr = r.stdout.decode("utf-8", "replace"), r.stderr.decode("utf-8", "replace")
    good = r.returncode == status
    good = good and (err is None or re.search(err, stderr) is not None)
    good = good and (out is None or re.search(out, stdout) is not None)
    good = good and (status != 2 or stdout == "") and (status != 0 or stderr == "")
    check(name, good, f"status {r.returncode}, stdout {stdout[:200]!r}, stderr {stderr[:400]!r}")


HEAD = b"[scenario]\nduration = 10min\n\n[path]\nmiddleboxes = home\n\n[middlebox home]\nprofile = linux\n\n"
CLIENT = b"[client]\npolicy = fixed\ninterval = 55s\n"

BAD = [  # name, text, message after the file's name
    ("empty file", b"", r": empty"),
    ("unknown key", HEAD + CLIENT + b"intervall = 5s\n",
     r":13: \[client\] intervall: unknown key \(did you mean interval\?\)"),
    ("unknown group", HEAD + b"[clint]\n", r":10: \[clint\]: unknown group \(did you mean client\?\)"),
    ("no unit", HEAD + b"[client]\npolicy = fixed\ninterval = 30\n",
     r":12: \[client\] interval: a time needs a unit: 30s"),
    ("negative", HEAD + b"[client]\npolicy = fixed\ninterval = -5s\n",
     r':12: \[client\] interval: "-5s" must not be negative'),
    ("zero duration", b"[scenario]\nduration = 0s\n",
     r':2: \[scenario\] duration: "0s" is out of range: 1ms to 3650d'),
    ("sweep of a key that is none", HEAD + CLIENT + b"[sweep]\nclient.intervl = 5s; 6s\n",
     r":14: \[sweep\] client.intervl: there is no key intervl in \[client\] \(did you mean interval\?\)"),
    ("bad value late in a sweep", HEAD + CLIENT + b"[sweep]\nclient.interval = 5s; 6s; 7\n",
     r":14: \[client\] interval: a time needs a unit"),
    ("profile that is none", HEAD.replace(b"linux", b"linus"),
     r":8: \[middlebox home\] profile: there is no middlebox profile \"linus\" \(did you mean linux\?\)"),
    ("duplicate key", HEAD + CLIENT + b"interval = 6s\n", r":13: \[client\] interval stands twice: first at line 12"),
    ("duplicate group", HEAD + CLIENT + b"[path]\n", r":13: \"\[path\]\" stands twice: first at line 4"),
    ("binary garbage", bytes(range(256)) * 64, r":1: not a text file \(byte 0x00\)"),
    ("a program", open(NATNAP, "rb").read(1 << 20), r":1: not a text file"),
    ("not UTF-8", HEAD + b"# \xff\n", r":10: not UTF-8"),
    ("distribution without its second value", HEAD.replace(b"middleboxes", b"delay = uniform 20ms\nmiddleboxes"),
     r":5: \[path\] delay: write it as uniform LOW HIGH"),
    ("comment behind a value", HEAD + b"[client]\npolicy = fixed\ninterval = 30s # half a minute\n",
     r":12: \[client\] interval: \"s # half a minute\" after the number: .* comments on lines of their own"),
]


def bad_scenarios(folder):
    path = os.path.join(folder, "bad.ini")
    for name, text, message in BAD:
        with open(path, "wb") as f:
            f.write(text)
        out = os.path.join(folder, "out")
        expect(name, ["run", path, "--out", out], 2, "^" + re.escape(path) + message)
        check(name + ": nothing written", not os.path.exists(out))
    with open(path, "wb") as f:
        f.truncate(100 << 20)
    begin = time.monotonic()
    expect("100 MB", ["run", path], 2, re.escape(path) + ": too large: more than 8 MiB")
    check("100 MB is refused at once", time.monotonic() - begin < 2)
    expect("no such file", ["run", "/nonexistent.ini"], 2, "^/nonexistent.ini: No such file or directory")
    expect("a folder", ["run", folder], 2, "is a directory")


def outputs(folder):
    path = os.path.join(folder, "good.ini")
    with open(path, "wb") as f:
        f.write(HEAD + CLIENT)
    expect("a good scenario", ["run", path], 0, out="keepalives")
    expect("--set", ["run", path, "--set", "client.interval=5"], 2, r"^--set: \[client\] interval: a time needs a unit")
    blocked = os.path.join(folder, "file")
    open(blocked, "w").close()
    expect("--out that cannot be", ["run", path, "--out", os.path.join(blocked, "x")], 1, re.escape(blocked))
    with open("/dev/full", "wb") as full:
        for args in (["help"], ["--version"], ["profiles"], ["run", path, "--json"]):
            r = run(*args, stdout=full)
            check("full disk: " + args[0], r.returncode == 1 and b"No space left" in r.stderr or
                  b"disk full" in r.stderr and r.returncode == 1, r)
    read, write = os.pipe()
    os.close(read)
    r = run("help", stdout=write)
    os.close(write)
    check("closed pipe", r.returncode == 1 and b"standard output" in r.stderr, r)
    r = run("--version", stdout=None, preexec_fn=lambda: os.close(1))
    check("closed standard output", r.returncode == 1 and b"standard output" in r.stderr, r)


def usage():
    expect("no command", [], 2, "Usage: natnap")
    expect("--help", ["--help"], 0, out="Usage: natnap(.|\n)*profiles")
    expect("--version", ["--version"], 0, out=r"natnap \d+\.\d+(.|\n)*GLib(.|\n)*GSL(.|\n)*json-glib(.|\n)*libpcap(.|\n)*libnet(.|\n)*MPI")
    expect("unknown command", ["rnu"], 2, r'unknown command "rnu" \(did you mean run\?\)')
    expect("unknown option", ["--jsn"], 2, r"unknown option")
    expect("unknown option of a command", ["profiles", "--jsno"], 2, r"did you mean --json\?")
    names = re.findall(r"^  ([a-z-]+) ", run("--help").stdout.decode().split("Commands:")[1].split("Options:")[0], re.M)
    for name in names:
        expect(name + " --help", [name, "--help"], 0, out=r"Usage:\n  natnap " + name)


def help_and_profiles():
    expect("help of a key", ["help", "interval"], 0, out=r"\[client\] interval  \(policy fixed\)\n +a time .*default 119min; 1ms")
    expect("help of group.key", ["help", "middlebox.home.udp"], 0, out=r"^\[middlebox NAME\] udp\n")
    expect("help of a group", ["help", "server"], 0, out=r"^\[server\]: (.|\n)*\[server\] push\n")
    expect("help of a policy", ["help", "fixed"], 0, out=r"policy fixed: one keepalive every interval")
    expect("help of a word", ["help", "endpoint-independent"], 0, out=r"\[middlebox NAME\] mapping\n")
    expect("help of the policies", ["help", "policy"], 0, out=r"Policies:\n(.|\n)*  none ")
    expect("help of a profile", ["help", "lte-two-state"], 0, out="natnap profiles radio lte-two-state")
    expect("help of nothing", ["help", "intervl"], 2, r"did you mean interval\?")
    expect("help of all", ["help"], 0, out=r"\[scenario\](.|\n)*\[sweep\]")
    expect("the manual page", ["help", "--man"], 0, out=r"^\.TH NATNAP 1(.|\n)*\\-\\-json(.|\n)*\n\.SH EXIT STATUS")
    expect("help as JSON", ["help", "--json", "udp-stream"], 0, out=r'"key" : "udp-stream"')
    expect("profiles", ["profiles"], 0, out=r"^middlebox:\n(.|\n)*  linux (.|\n)*\nradio:\n(.|\n)*battery:\n(.|\n)*application:")
    expect("profiles of a kind", ["profiles", "radio"], 0, out=r"^radio:\n(.|\n)*lte-huang-2012")
    expect("a profile", ["profiles", "middlebox", "linux"], 0, out=r"\[middlebox\](.|\n)*All values(.|\n)*tcp-established = 5d")
    expect("a profile that is none", ["profiles", "radio", "lte-huang"], 2, r"there is no radio profile")
    expect("a kind that is none", ["profiles", "radios"], 2, r"did you mean radio\?")


def profile_folder(folder):
    os.makedirs(os.path.join(folder, "p", "middlebox"))
    with open(os.path.join(folder, "p", "middlebox", "linux"), "w") as f:
        f.write("[middlebox]\nsource = mine\nudp = 77s\n")
    own = os.path.join(folder, "p")
    for args in (["--profiles", own, "profiles"], ["profiles", "--profiles=" + own]):
        expect(" ".join(args[:1]) + " with --profiles", [*args, "middlebox", "linux"], 0, out="udp = 77s")
    expect("--profiles of no folder", ["--profiles", "/nonexistent", "profiles"], 2, r'there is no folder "/nonexistent"')
    expect("--profiles of another folder", ["profiles", "--profiles", os.path.join(own, "middlebox")], 2, "has none of the folders")
    expect("help of a command", ["help", "profiles"], 0, out="natnap profiles --help")


with tempfile.TemporaryDirectory() as tmp:
    usage()
    help_and_profiles()
    profile_folder(tmp)
    bad_scenarios(tmp)
    outputs(tmp)
print(f"1..{count}")
