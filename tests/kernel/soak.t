#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""natnap reflect under flood, live, in network namespaces, root: honest clients behind a NAT are served within 2 s all the while, and
its memory does not grow. Attackers are those of flood.py; for 5 s of each minute they send as much as they can, and in that time
the newcomers come and natnap probe runs. One minute; NATNAP_SOAK_MINUTES=25 (make check-kernel-long) sees keys change twice."""
import os
import re
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import netns  # noqa: E402
import reflect_client  # noqa: E402
from tap import NATNAP, check, plan  # noqa: E402

MINUTES = float(os.environ.get("NATNAP_SOAK_MINUTES", "1"))
SEED = os.environ.get("NATNAP_SOAK_SEED", "20")
STEADY, BURST = 2000, 30000  # spoofed packets a second
FLOOD = os.path.join(HERE, "flood.py")
TAKERS = ["198.51.100.%d" % n for n in range(64, 96)]
# they are no neighbours of the client behind its NAT
UNTRACKED = """table ip takers { chain out { type filter hook output priority -300; ip saddr 198.51.100.64/27 notrack; }
    chain in { type filter hook prerouting priority -300; ip daddr 198.51.100.64/27 notrack; }; }"""
TIMERS = {"udp": 30, "udp_stream": 60, "tcp_established": 120}
PORT, PATIENCE_S = 3479, 2.0
# what a server may come to hold beside its fixed tables: what the C library keeps of what was given back
GROWTH_KB = 512


def clients():
    """In the client's namespace, a line an ask: a newcomer's time, one that stays and polls. Begins a word a line of stdin."""
    stays = reflect_client.Client(PORT, netns.CLIENT, netns.SERVER)
    print("stays", stays.served(), flush=True)
    for line in sys.stdin:
        what = line.strip()
        print(what, stays.served() if what == "stays" else reflect_client.once(PORT, netns.CLIENT, netns.SERVER), flush=True)


class Lab:
    def __init__(self):
        self.net = n = netns.Net(TIMERS, UNTRACKED)
        for ns in (n.nat, n.server):
            netns.run("ip", "netns", "exec", ns, "sysctl", "-qw", "net.ipv4.conf.all.rp_filter=0", "net.ipv4.conf.default.rp_filter=0",
                      "net.ipv4.conf.%s.rp_filter=0" % n.device("o" if ns == n.nat else "s"))
        # answers to sources that are not there go somewhere, and are not heard of again
        netns.run("ip", "-n", n.server, "route", "add", "default", "via", netns.NAT_OUT)
        netns.run("ip", "-n", n.nat, "route", "add", "blackhole", "198.18.0.0/15")
        for address in TAKERS:
            netns.run("ip", "-n", n.nat, "addr", "add", address + "/32", "dev", n.device("o"))
            netns.run("ip", "-n", n.server, "route", "add", address + "/32", "via", netns.NAT_OUT)
        self.mac = re.search(r"link/ether (\S+)", netns.run("ip", "-n", n.server, "link", "show", n.device("s"))).group(1)
        self.server = n.start(n.server, NATNAP, "reflect", "--listen", netns.SERVER, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.said = self.server.stderr.readline()
        self.pid = netns.run("ip", "netns", "pids", n.server).split()[0]
        self.asker = n.start(n.client, sys.executable, os.path.abspath(__file__), "--clients", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.took, self.memory, self.probes = {"stays": [], "comes": []}, [], []
        self.heard()

    def attack(self):
        n = self.net
        return [n.start(n.nat, sys.executable, FLOOD, *words, stdout=subprocess.PIPE) for words in
                (("spoof", n.device("o"), self.mac, netns.SERVER, str(PORT), netns.NAT_OUT, SEED, str(STEADY), str(BURST)),
                 ("greedy", netns.SERVER, str(PORT), *TAKERS))]

    def heard(self):
        what, took = self.asker.stdout.readline().split()
        self.took[what].append(None if took == "None" else float(took))

    def ask(self, what):
        self.asker.stdin.write(what + "\n")
        self.asker.stdin.flush()
        self.heard()

    def probe(self):
        """An ordinary run, with a word of the server's answer."""
        begin = time.monotonic()
        r = subprocess.run(("ip", "netns", "exec", self.net.client, NATNAP, "probe", netns.SERVER, "--no-raw", "--quick", "--test", "ports"),
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120)
        self.probes.append((r.returncode, time.monotonic() - begin, r.stderr))

    def resident_kb(self):
        with open("/proc/%s/status" % self.pid) as f:
            return next(int(line.split()[1]) for line in f if line.startswith("VmRSS:"))

    def cpu_s(self):
        with open("/proc/%s/stat" % self.pid) as f:
            fields = f.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def soak(lab):
    begin = time.monotonic()
    attackers = lab.attack()
    time.sleep(1.5)
    for minute in range(int(MINUTES)):
        probe = threading.Thread(target=lab.probe)
        probe.start()
        lab.ask("comes")
        for second in range(5, 60, 10):
            time.sleep(max(0, begin + 60 * minute + second - time.monotonic()))
            lab.ask("stays")
            lab.memory.append(lab.resident_kb())
        lab.ask("comes")  # and between the bursts
        probe.join()
        time.sleep(max(0, begin + 60 * (minute + 1) + 1.5 - time.monotonic()))
    for a in attackers:
        # ip became the attacker
        a.terminate()
        print("# sent: " + a.communicate(timeout=20)[0].strip())


def judge(lab, seconds):
    for what, name in (("stays", "one that stays"), ("comes", "newcomers")):
        took = lab.took[what]
        good = [t for t in took if t is not None and t <= PATIENCE_S]
        print("# %s: %d of %d within %g s, the slowest after %.2f s" % (name, len(good), len(took), PATIENCE_S, max(good, default=0)))
        check("%s: served within %g s" % (name, PATIENCE_S), len(good) == len(took), took)
    ended = [p for p in lab.probes if p[0] == 0]
    print("# natnap probe: %d of %d, the longest %.1f s" % (len(ended), len(lab.probes), max(p[1] for p in lab.probes)))
    check("natnap probe comes to its end", len(ended) == int(MINUTES) and not any("not heard" in p[2] for p in ended), lab.probes)
    quarter = lab.memory[len(lab.memory) // 4]
    print("# memory of the server: %d kB at first, %d kB after a quarter, at most %d kB; %.1f %% of a core" % (
        lab.memory[0], quarter, max(lab.memory), 100 * lab.cpu_s() / seconds))
    check("memory does not grow after the first quarter", max(lab.memory) <= quarter + GROWTH_KB, lab.memory)


def main():
    try:
        netns.available()
        lab = Lab()
    except netns.Unavailable as why:
        print("1..0 # SKIP %s" % why)
        return
    begin = time.monotonic()
    check("before: one that stays is served", lab.took["stays"] == [t for t in lab.took["stays"] if t], lab.said)
    soak(lab)
    judge(lab, time.monotonic() - begin)
    os.kill(int(lab.pid), 15)
    counts, said = lab.server.communicate(timeout=20)
    print("\n".join("# " + line for line in counts.splitlines()))
    check("it ends with its counts, and filled no log", counts.startswith("received ") and len(said.splitlines()) < 3, (counts, said[:2000]))
    plan()


if sys.argv[1:] == ["--clients"]:
    clients()
else:
    main()
