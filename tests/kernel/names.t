#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""natnap probe and reflect by names with several addresses, and on a machine that has IPv6 alone: in a network namespace with nothing
but its loopback, and names of its own. Root. Prints TAP."""
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import netns  # noqa: E402
from tap import NATNAP, check, plan  # noqa: E402

HOSTS = """198.51.100.9 pair.test
198.51.100.10 pair.test
2001:db8::9 both.test
198.51.100.9 both.test
2001:db8::9 six.test
198.51.100.9 four.test
"""


class Machine:
    """A namespace that has these addresses, and HOSTS for names."""

    def __init__(self, folder, addresses):
        self.ns = "napm%x%d" % (os.getpid(), len(addresses))
        self.hosts = os.path.join(folder, "hosts")
        with open(self.hosts, "w") as f:
            f.write(HOSTS)
        netns.run("ip", "netns", "add", self.ns)
        netns.run("ip", "-n", self.ns, "link", "set", "lo", "up")
        for address in addresses:
            netns.run("ip", "-n", self.ns, "addr", "add", address, "dev", "lo")
        self.server = None

    def words(self, *args):
        return ["ip", "netns", "exec", self.ns, "unshare", "-m", "sh", "-c", 'mount --bind "$0" /etc/hosts && exec "$@"', self.hosts, NATNAP, *args]

    def reflect(self, *args):
        self.server = subprocess.Popen(self.words("reflect", *args), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        return self.server.stderr.readline()

    def probe(self, *args, timeout=180):
        try:
            r = subprocess.run(self.words("probe", *args, "--no-raw", "--json", "--max", "2s", "--test", "udp-1"), stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True, timeout=timeout)
            return r.returncode, r.stdout, r.stderr
        except subprocess.TimeoutExpired as e:
            return None, "", str(e.stderr)

    def probes(self, *all_args):
        """Side by side, as each waits for most of its time."""
        with concurrent.futures.ThreadPoolExecutor(len(all_args)) as pool:
            return list(pool.map(lambda args: self.probe(*args), all_args))

    def stop(self):
        if self.server:
            self.server.terminate()
            self.server.wait(timeout=20)
            self.server = None

    def end(self):
        self.stop()
        netns.run("ip", "netns", "del", self.ns, check=False)


def probed(found):
    """It came to an answer: no middlebox forgot anything that soon."""
    return found[0] == 0 and json.loads(found[1])["verdict"]["speak_udp"]["alive_at_s"] > 1.9


def several(folder):
    m = Machine(folder, ["198.51.100.9/32", "198.51.100.10/32", "2001:db8::9/128"])
    try:
        m.reflect()
        good = (("pair.test", (), "pair.test. has 2 addresses: 198[.]51"), ("both.test", (), "both.test. has 2 addresses: "),
                ("both.test", ("-4",), ""), ("both.test", ("-6",), ""), ("four.test", (), ""), ("six.test", (), ""))
        for (name, args, says), found in zip(good, m.probes(*((name, *args) for name, args, _ in good))):
            check(f"{name} {' '.join(args)}: probed{', and which of its addresses is said' if says else ''}",
                  probed(found) and bool(re.search(says or "has . addresses", found[2])) == bool(says), found)
        for name, args in (("six.test", ("-4",)), ("four.test", ("-6",)), ("none.test", ())):
            found = m.probe(name, *args)
            check(f"{name} {' '.join(args)}: a message", found[0] == 2 and name in found[2], found)
    finally:
        m.end()


def six_alone(folder):
    m = Machine(folder, ["2001:db8::9/128"])
    try:
        netns.run("ip", "-n", m.ns, "addr", "flush", "dev", "lo", "scope", "host")
        netns.run("ip", "-n", m.ns, "-4", "addr", "flush", "dev", "lo", check=False)
        m.reflect()
        names = ("2001:db8::9", "six.test", "both.test")
        for name, found in zip(names, m.probes(*((name,) for name in names))):
            check(f"IPv6 alone: {name} is probed", probed(found), found)
        found = m.probe("four.test")
        check("IPv6 alone: a server of IPv4 is a message", found[0] == 1 and found[2].startswith("natnap probe: no route to the server at "), found)
    finally:
        m.end()


def main():
    try:
        netns.available()
    except netns.Unavailable as e:
        print(f"1..0 # SKIP {e}")
        return
    with tempfile.TemporaryDirectory() as folder:
        several(folder)
        six_alone(folder)
    plan()


main()
