#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""natnap help answers for keys, metrics, terms of the field, words of values and what is only mentioned; near matches elsewhere."""
import contextlib
import fcntl
import json
import os
import pty
import re
import shutil
import signal
import struct
import subprocess
import tempfile
import termios

from tap import NATNAP, check, plan, verdict


def run(*args, **more):
    return subprocess.run([NATNAP, *args], capture_output="stdout" not in more, timeout=60, **more)


def answers(name, args, pattern, status=0, stream="stdout"):
    r = run(*args)
    text = getattr(r, stream).decode()
    check(name, r.returncode == status and re.search(pattern, text), f"status {r.returncode}\n{text}\n{r.stderr.decode()}")


def names_of(word):
    return re.findall(r"^  (\S.*?)(?:  | *$)", run("help", word).stdout.decode(), re.M)


def terms():
    for word, pattern in (("NAT", r"^NAT  \(also: .*\n +Network address translator(.|\n)*RFC 4787"), ("CGN", r"^CGN (.|\n)*RFC 6888"),
                          ("DRX", r"36\.321 section 5\.7"), ("tail", "^tail "), ("binding", "^binding "), ("PSM", "T3324"),
                          ("carrier-grade nat", "^CGN "), ("Carrier_Grade-NAT", "^CGN "), ("nat", "^NAT ")):
        answers("term " + word, ["help", word], pattern)
    answers("a term of two words", ["help", "hole", "punching"], r"^hole punching (.|\n)*RFC 5128")
    answers("a term that is a key, too", ["help", "mapping"], r"^mapping (.|\n)*\n\[middlebox NAME\] mapping\n")
    answers("a term that is a value, too", ["help", "endpoint-independent"], r"^endpoint-independent (.|\n)*\[middlebox NAME\] mapping\n")
    all_terms = names_of("terms")
    told = json.loads(run("help", "--json").stdout)
    check("JSON has them all", [t["term"] for t in told["terms"]] == all_terms, told["terms"])
    told = json.loads(run("help", "--json", "carrier-grade NAT").stdout)
    check("JSON of one term", not told["keys"] and [t["term"] for t in told["terms"]] == ["CGN"], told)
    check("there are many terms", len(all_terms) > 70, all_terms)
    check("no term stands twice", len({t.lower() for t in all_terms}) == len(all_terms), all_terms)
    man = run("help", "--man").stdout.decode()
    glossary = man.split(".SH GLOSSARY\n")[1].split(".SH ")[0]
    wanting = [t for t in all_terms if f".B {t}\n".replace("-", r"\-") not in glossary]
    check("the manual page has them all", not wanting, wanting)
    dead, unasked = [], 0
    for term in all_terms:
        text = run("help", term).stdout.decode()
        if not text.startswith(term):
            dead.append(f"{term} does not answer for itself")
        explained = text.split("\n    See also:")[0].split("\n")[1:]
        if not 1 <= len(explained) <= 4 or max(map(len, explained)) > 92:
            dead.append(f"{term}: {len(explained)} lines")
        for word in text.split("See also: ")[1].split("\n[")[0].replace("\n", " ").split(", "):
            unasked += 1
            r = run("help", word.split()[0])
            if r.returncode != 0 or b"is no name" in r.stdout:
                dead.append(f"{term}: see also {word}")
    check("each term in 1 to 4 lines, and what it points to is answered", unasked > 150 and not dead, "\n".join(dead))


def words():
    for word, pattern in (("poisson", r"^poisson: arrivals, written poisson RATE(.|\n)* Keys: (.|\n)*server\.push"), ("lognormal", r"^lognormal: a distribution, written lognormal MEDIAN SIGMA(.|\n)* Keys: (.|\n)*path\.delay"),
                          ("Empirical", "^empirical: a distribution"), ("times", "^times: arrivals"), ("geometric", "^geometric: values of a sweep"),
                          ("linear", "^linear: "), ("latin-hypercube", "^latin-hypercube: a way of sampling"), ("mAh", r"^mAh: a unit(.|\n)*a charge \(3000mAh\)"),
                          ("Mbit/s", "^Mbit/s: a unit"), ("reachable_fraction", "^reachable_fraction\n"), ("REACHABLE_fraction", "reachable_fraction\n"),
                          ("Interval", r"\[client\] interval"), ("SERVER", r"^\[server\]"), ("LTE-two-STATE", "natnap profiles radio lte-two-state")):
        answers("word " + word, ["help", word], pattern)
    said = set(re.findall(r"\b(\w+) [A-Z]{3,}", run("help", "poissn").stderr.decode()))
    check("nothing else is said of a slip", not said, said)
    answers("a slip", ["help", "poissn"], r"did you mean poisson\?", 2, "stderr")
    answers("a slip of a term", ["help", "hairpining"], r"did you mean hairpin", 2, "stderr")


NEWCOMERS = """nat cgnat router firewall timeout keepalive heartbeat ping battery drain mah power energy radio lte 4g 5g 3g 2g nb-iot lte-m wifi
    sleep tail rrc push latency rtt roaming handover tower mqtt websocket imap sip voip vpn wireguard quic udp tcp syn fin rst handshake conntrack
    iptables upnp stun hairpin binding session seed confidence p95 sweep loss jitter ipv6 pcap wireshark json csv graph chart library python ns-3
    cluster starlink aws azure cisco timeout drx psm edrx doze alarm outage reboot migration polling optimal log distribution""".split()


def newcomers():
    """What somebody types who does not know the program's words: none of it comes to nothing, or to a mere mention."""
    lost = [w for w in NEWCOMERS if (r := run("help", w)).returncode != 0 or b"is no name" in r.stdout]
    check("sixty words and more of a newcomer", len(NEWCOMERS) > 60 and not lost, lost)
    for words in (["port", "exhaustion"], ["symmetric", "nat"], ["long", "poll"], ["battery", "drain"], ["address", "change"], ["half", "open"]):
        check("two words, one name: " + " ".join(words), b"is no name" not in (r := run("help", *words)).stdout and r.returncode == 0, r)
    answers("profiles by a part of their names", ["help", "aws"], r"^Profiles \(natnap profiles middlebox NAME\):\n +aws-alb, ")
    r = run("help", "lte").stdout.decode()
    check("also beside a term", r.startswith("LTE ") and re.search(r"\nProfiles \(natnap profiles radio NAME\):\n +lte-aro, ", r), r)
    check("a profile's own name lists it once", run("help", "wireguard").stdout.decode().count("is a profile") == 1)
    answers("a unit without its capitals", ["help", "mah"], "^mAh: a unit")
    r = run("help", "drx", "xyzzy", "psm")
    check("one word that is nothing does not hide the others", r.returncode == 2 and b"\nPSM " in b"\n" + r.stdout and b"DRX " in r.stdout and
          b"xyzzy" in r.stderr, r)


def page():
    top = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
    made = subprocess.run([os.path.join(top, "scripts", "glossary-page")], stdout=subprocess.PIPE, text=True, env={**os.environ, "NATNAP": NATNAP})
    with open(os.path.join(top, "docs", "glossary.md")) as f:
        there = f.read()
    check("docs/glossary.md is fresh: scripts/glossary-page > docs/glossary.md", made.returncode == 0 and made.stdout == there)


def mentions():
    r = run("help", "RFC 6887").stdout.decode()
    check("a mention", re.search(r'^"RFC 6887" is no name.*\n  PCP: ', r), r)
    r = run("help", "subscribers'").stdout.decode() + run("help", "acknowledg").stdout.decode()
    lines = [line for line in r.split("\n") if line.startswith("  ")]
    check("a beginning of words", any(line.startswith("  delayed ACK: ") for line in lines), r)
    r = run("help", "packets").stdout.decode().split("\n")
    check("up to ten, and how many more", len([x for x in r if re.match(r"  [^ ]+.*: ", x)]) == 10 and re.match(r"  and \d+ more$", r[-2]), r)
    answers("nothing anywhere", ["help", "xyzzy"], r'"xyzzy" is no group, key, word', 2, "stderr")


def head(*args):
    """The program's status, and what it says, when nobody reads more than it has said at first."""
    read, write = os.pipe()
    os.close(read)
    try:
        r = subprocess.run([NATNAP, *args], stdout=write, stderr=subprocess.PIPE, timeout=60)
    finally:
        os.close(write)
    return r.returncode, r.stderr


def endings(folder):
    for args in (["help"], ["help", "NAT"], ["help", "--man"], ["profiles"], ["profiles", "radio", "lte-two-state"], ["--help"], ["-V"], ["run", "--help"]):
        check(" ".join(args) + " | head ends without a word", head(*args) == (-signal.SIGPIPE, b""), head(*args))
    path = os.path.join(folder, "a.ini")
    with open(path, "w") as f:
        f.write(SCENARIO)
    status, said = head("run", path, "--json")
    check("run | head as well", status == -signal.SIGPIPE and b"output" not in said and b"ipe" not in said, (status, said))
    for args in (["show", path], ["check", "linux"], ["check", "linux", "--json"], ["discover", path, "--test", "UDP-1"],
                 ["tune", path, "--over", "client.interval=5s..6s"]):
        status, said = head(*args)
        check(" ".join(args[:1] + args[2:]) + " | head as well", status == -signal.SIGPIPE and b"output" not in said and b"ipe" not in said,
              (status, said))
    out = os.path.join(folder, "out")
    status, said = head("run", path, "--out", out)
    check("and files are whole", status == -signal.SIGPIPE and "points" in json.load(open(os.path.join(out, "run.json"))), (status, said))
    check("-V", run("-V").stdout == run("--version").stdout and run("-V").stdout.startswith(b"natnap "), run("-V"))


SCENARIO = "[scenario]\nduration = 1h\n[client]\npolicy = fixed\ninterval = 5min\n"


def standard_input(folder):
    path = os.path.join(folder, "b.ini")
    with open(path, "w") as f:
        f.write(SCENARIO)
    piped = run("run", "-", input=SCENARIO.encode())
    check("run -", piped.returncode == 0 and piped.stdout == run("run", path).stdout and b"keepalives" in piped.stdout, piped)
    r = run("run", "-", input=SCENARIO.replace("interval", "intervl").encode())
    check("a fault in it", (r.returncode, r.stderr[:34]) == (2, b"standard input:5: [client] intervl"), r)
    r = run("run", "-", input=b"")
    check("nothing in it", r.returncode == 0 or r.stderr.startswith(b"standard input"), r)
    out = os.path.join(folder, "out")
    r = run("run", "-", "--out", out, input=SCENARIO.encode())
    with open(os.path.join(out, "run.json")) as f:
        check("its results are written", r.returncode == 0 and SCENARIO in json.dumps(json.load(f)).replace("\\n", "\n"), r)
    r = run("show", "-", input=SCENARIO.encode())
    check("show -", r.returncode == 0 and b"5min" in r.stdout, r)
    with open(os.path.join(folder, "-"), "w") as f:
        f.write(SCENARIO.replace("5min", "7min"))
    r = run("show", "./-", cwd=folder)
    check("a file of that name", b"7min" in r.stdout, r)


def on_terminal(columns, *args):
    """What it prints on a terminal of that width."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    p = subprocess.Popen([NATNAP, *args], stdout=slave, stderr=subprocess.DEVNULL)
    os.close(slave)
    text = b""
    with contextlib.suppress(OSError):
        while more := os.read(master, 1 << 16):
            text += more
    os.close(master)
    p.wait(timeout=60)
    return text.decode().replace("\r\n", "\n")


def fits(folder):
    """No line is wider than the terminal, and no word is lost for it."""
    path, swept, out = (os.path.join(folder, name) for name in ("c.ini", "d.ini", "plotted"))
    with open(path, "w") as f:
        f.write(SCENARIO)
    with open(swept, "w") as f:
        f.write(SCENARIO + "[path]\nmiddleboxes = nat\n[middlebox nat]\nprofile = linux\n[sweep]\nclient.interval = 1min; 2min\n" +
                "middlebox.nat.udp-stream = 90s; 3min\n")
    run("run", swept, "--out", out)
    figures = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "scenarios", "figures")
    for args in (["--help"], ["run", "--help"], ["probe", "--help"], ["help"], ["help", "keepalive"], ["help", "udp-stream"], ["profiles", "radio"],
                 ["run", path], ["run", swept], ["show", swept], ["check", "linux"], ["discover", "linux"], ["plot", out, "--list"],
                 ["tune", path, "--over", "client.interval=1min..2min"],
                 ["figures", "huang-2012-tail", "--from", figures, "--out", os.path.join(folder, "f")]):
        try:
            narrow = on_terminal(80, *args)
        except OSError as e:
            verdict("a page of 80 columns", True, directive=f"SKIP {e}")
            return
        wide = [line for line in narrow.split("\n") if len(line) > 80]
        check(" ".join(a for a in args if "/" not in a) + ": fits 80 columns", len(narrow) > 100 and not wide, wide[:3])
        if args[0] in ("--help", "help", "profiles", "check"):
            whole = run(*args, "--wide").stdout.decode() if args[0] != "--help" else run(*args).stdout.decode()
            check(" ".join(args) + ": with every word", narrow.split() == whole.split(), narrow[:200])
    check("--wide: lines as in a pipe", on_terminal(80, "check", "linux", "--wide") == run("check", "linux").stdout.decode())


def near():
    figures = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "scenarios", "figures")
    names = run("figures", "--list", "--from", figures).stdout.decode().split()
    answers("a figure's slip", ["figures", names[0][:-1], "--from", figures, "--out", "/nonexistent/x"], rf"there is no figure .* \(did you mean {names[0]}\?\)", 2, "stderr")
    answers("a command's slip", ["hlep"], r"unknown command .*did you mean help\?", 2, "stderr")
    answers("a profile's slip", ["profiles", "radio", "LTE-two-stat"], r"there is no radio profile .*did you mean lte-two-state\?", 2, "stderr")
    r = run("run", "-", "--set", "radio.profile=lte-tow-state", input=SCENARIO.encode())
    check("a radio's slip", r.returncode == 2 and b"did you mean lte-two-state?" in r.stderr, r)


terms()
words()
newcomers()
page()
mentions()
with tempfile.TemporaryDirectory() as where:
    endings(where)
    fits(where)
    standard_input(where)
near()


def completion():
    """What may follow on a command line, from the tables; bash gets what stands behind the last sign."""
    top = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    ini = os.path.join(top, "scenarios", "imap-idle-lte.ini")
    for words, wanted, unwanted in (
            ([""], ["run", "tune", "--version"], ["--json"]), (["ru"], ["run"], ["tune"]), (["run", "--s"], ["--set", "--seed"], ["--json"]),
            (["run", "--set", "client.int"], ["client.interval="], ["client.policy="]), (["run", "--set", "client.policy=f"], ["client.policy=fixed"], []),
            (["run", ini, "--set", "middlebox.nat.udp"], ["middlebox.nat.udp=", "middlebox.nat.udp-stream="], []),
            (["run", "--set", "middlebox.nat.udp"], [], ["middlebox.nat.udp="]), (["run", "--set", "radio.profile=wifi-a"], ["radio.profile=wifi-aro"], []),
            (["run", ini, "--set", "middlebox.nat.hairpin="], ["middlebox.nat.hairpin=yes"], []), (["profiles", ""], ["radio", "battery"], ["linux"]),
            (["profiles", "middlebox", "lin"], ["linux"], []), (["check", "cgn-"], ["cgn-rfc6888"], []), (["help", "dr"], ["DRX"], []),
            (["plot", "x", "cu"], ["curve"], []), (["plot", "x", "--format", ""], ["svg", "pdf", "png"], ["curve"]),
            (["plot", "x", "--metric", "batt"], ["battery_percent_per_day"], []), (["tune", "x", "--minimise", ""], ["energy", "signalling"], ["linux"]),
            (["discover", "lin"], ["linux"], []), (["discover", "x", "--test", "udp-"], ["udp-1", "udp-3"], []), (["discover", "x", "--strategy", ""], ["bisect"], []),
            (["figures", "hav"], ["haverinen-2007-current"], []), (["run", "sc"], [], ["scenario"]), (["nonsense", "--x"], [], []), (["run", "--set", "a=b"], [], [])):
        r = run("help", "--complete", "--", *words)
        lines = r.stdout.decode().splitlines()
        check("completes " + " ".join(words), r.returncode == 0 and not r.stderr and set(wanted) <= set(lines) and not set(unwanted) & set(lines) and
              (lines or not wanted), (lines[:20], r.stderr))
    script = f"""source {top}/scripts/completion/natnap.bash
COMP_LINE='{NATNAP} run --set client.policy=fi' COMP_POINT=${{#COMP_LINE}}
COMP_POINT=${{#COMP_LINE}}; _natnap; printf '%s\\n' "${{COMPREPLY[@]}}" """
    r = subprocess.run(["bash", "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    check("bash puts it behind the sign", r.stdout == b"fixed\n" and not r.stderr, r)

    for shell, asked in (("fish", f"source {top}/scripts/completion/natnap.fish; complete -C 'natnap run --set client.policy=fix'"),
                         ("zsh", ZSH.format(folder=f"{top}/scripts/completion"))):
        if not shutil.which(shell):
            verdict(f"{shell} completes", True, directive=f"SKIP there is no {shell}")
            continue
        with tempfile.TemporaryDirectory() as where:
            os.symlink(os.path.abspath(NATNAP), os.path.join(where, "natnap"))
            try:
                r = subprocess.run([shell, *(["-f"] if shell == "zsh" else []), "-c", asked], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   cwd=where, timeout=60, env={**os.environ, "PATH": where + ":" + os.environ["PATH"], "HOME": where})
                check(f"{shell} completes", b"client.policy=fixed" in r.stdout, r)
            except subprocess.TimeoutExpired as late:
                check(f"{shell} completes", False, late)


# an interactive zsh in a terminal of its own, which gets a tab
ZSH = """zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z 'fpath=({folder} $fpath); autoload -U compinit; compinit -u -D; print rea''dy'
zpty -r -m z out '*ready*'
zpty -w -n z 'natnap run --set client.policy=fix'$'\\t'
zpty -r -m z out '*policy=fixed*'
print -r -- $out
zpty -d z"""


completion()
plan()
