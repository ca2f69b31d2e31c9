# SPDX-License-Identifier: BSD-2-Clause
"""A client, a NAT and a server, each in a network namespace of its own, with a real netfilter NAT between.

Names hold the process' number and a counter, so that runs side by side do not meet; everything is taken down at
exit, also after a failure or a signal. Nothing outside these namespaces is ever sent a packet.
"""
import atexit, os, shutil, signal, subprocess, sys

CLIENT, NAT_IN, NAT_OUT = '10.77.0.2', '10.77.0.1', '198.51.100.1'
SHARED, CARRIER_IN = '100.64.0.2', '100.64.0.1'
SERVER, OTHER = '198.51.100.9', '198.51.100.10'
CLIENT6, NAT_IN6, NAT_OUT6, SERVER6 = 'fd77::2', 'fd77::1', '2001:db8:100::1', '2001:db8:100::9'
RELAY = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'relay.py')

_made = []


class Unavailable(Exception):
    """This machine or user cannot have such a laboratory."""


def run(*words, check=True, **more):
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)
    if check and done.returncode:
        raise Unavailable('%s: %s' % (' '.join(words), done.stderr.strip()))
    return done.stdout


def available():
    """Raises Unavailable unless namespaces and nft work here."""
    if os.geteuid():
        raise Unavailable('only root can make network namespaces')
    for tool in ('ip', 'nft', 'sysctl'):
        if not shutil.which(tool):
            raise Unavailable('no %s here' % tool)


class Net:
    def __init__(self, timers, rules='', sysctls=(), carrier=None, air=None):
        """timers: {'udp': 4, 'tcp_established': 12 ...}, seconds, as in net.netfilter.nf_conntrack_..._timeout.
        carrier: the same for a second NAT, between the first and the server.
        air: (delay ms, spread ms, loss) each way between client and NAT, each packet a time of its own."""
        self.id = '%x%d' % (os.getpid(), len(_made))
        self.client, self.nat, self.server = ('nap%s%s' % (k, self.id) for k in 'cns')
        self.processes = []
        self.carrier = self.air = None
        _made.append(self)
        for ns in (self.client, self.nat, self.server):
            run('ip', 'netns', 'add', ns)
            run('ip', '-n', ns, 'link', 'set', 'lo', 'up')
            run('ip', 'netns', 'exec', ns, 'sysctl', '-qw', 'net.ipv6.conf.all.accept_dad=0', 'net.ipv6.conf.default.accept_dad=0')
        self.link('c', self.client, CLIENT, CLIENT6, 'i', self.nat, NAT_IN, NAT_IN6, air)
        if carrier:
            self.add_carrier(carrier)
        else:
            self.link('o', self.nat, NAT_OUT, NAT_OUT6, 's', self.server, SERVER, SERVER6)
        run('ip', '-n', self.server, 'addr', 'add', OTHER + '/24', 'dev', self.device('s'))
        run('ip', '-n', self.client, 'route', 'add', 'default', 'via', NAT_IN)
        run('ip', '-n', self.client, '-6', 'route', 'add', 'default', 'via', NAT_IN6)
        run('ip', '-n', self.server, '-6', 'route', 'add', 'fd77::/64', 'via', NAT_OUT6)
        self.nft(self.nat, 'table ip nat { chain post { type nat hook postrouting priority 100; oifname "%s" masquerade; }; }' % self.device('o'))
        self.nft(self.nat, '''table ip6 fw { chain forward { type filter hook forward priority 0; policy drop;
            iifname "%s" accept; ct state established,related accept; }; }''' % self.device('i'))
        if rules:
            self.nft(self.nat, rules)
        # many tests at once: the NAT answers each of them, not one a second
        self.sysctl('net.ipv4.icmp_ratelimit=0', 'net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1',
                    *['net.netfilter.nf_conntrack_%s=%d' % (timer_key(k), v) for k, v in timers.items()], *sysctls)
        # what the client sends, by whether it goes to its server
        self.nft(self.client, '''table inet watch { counter strays { }; chain out { type filter hook output priority 0;
            oifname "lo" accept; ip daddr { %s, %s } accept; ip6 daddr %s accept; meta l4proto icmpv6 accept;
            counter name strays; }; }''' % (SERVER, OTHER, SERVER6))

    def add_carrier(self, timers):
        """IPv4 alone: home - (shared address space, RFC 6598) - carrier - server."""
        self.carrier = 'napr%s' % self.id
        run('ip', 'netns', 'add', self.carrier)
        self.link('o', self.nat, SHARED, 'fd64::2', 'j', self.carrier, CARRIER_IN, 'fd64::1')
        self.link('p', self.carrier, NAT_OUT, NAT_OUT6, 's', self.server, SERVER, SERVER6)
        run('ip', '-n', self.nat, 'route', 'add', 'default', 'via', CARRIER_IN)
        self.nft(self.carrier, 'table ip nat { chain post { type nat hook postrouting priority 100; oifname "%s" masquerade; }; }' % self.device('p'))
        run('ip', 'netns', 'exec', self.carrier, 'sysctl', '-qw', 'net.ipv4.ip_forward=1',
            *['net.netfilter.nf_conntrack_%s=%d' % (timer_key(k), v) for k, v in timers.items()])

    def device(self, which):
        return 'n%s%s' % (which, self.id)

    def wire(self, a, ns_a, b, ns_b):
        run('ip', 'link', 'add', self.device(a), 'netns', ns_a, 'type', 'veth', 'peer', 'name', self.device(b), 'netns', ns_b)

    def wire_by_air(self, a, ns_a, b, ns_b, air):
        self.air = 'napa%s' % self.id
        run('ip', 'netns', 'add', self.air)
        self.wire(a, ns_a, 'x', self.air)
        self.wire(b, ns_b, 'y', self.air)
        for which in 'xy':
            run('ip', '-n', self.air, 'link', 'set', self.device(which), 'up')
        for which, ns in ((a, ns_a), (b, ns_b)):
            run('ip', 'netns', 'exec', ns, sys.executable, RELAY, '--plain', self.device(which))
        self.start(self.air, sys.executable, RELAY, self.device('x'), self.device('y'), *('%g' % v for v in air))

    def link(self, a, ns_a, ip_a, ip6_a, b, ns_b, ip_b, ip6_b, air=None):
        if air:
            self.wire_by_air(a, ns_a, b, ns_b, air)
        else:
            self.wire(a, ns_a, b, ns_b)
        for dev, ns, ip, ip6 in ((a, ns_a, ip_a, ip6_a), (b, ns_b, ip_b, ip6_b)):
            run('ip', '-n', ns, 'addr', 'add', ip + '/24', 'dev', self.device(dev))
            run('ip', '-n', ns, 'addr', 'add', ip6 + '/64', 'dev', self.device(dev), 'nodad')
            run('ip', '-n', ns, 'link', 'set', self.device(dev), 'up')

    def nft(self, ns, rules):
        run('ip', 'netns', 'exec', ns, 'nft', '-f', '-', input=rules)

    def sysctl(self, *settings):
        run('ip', 'netns', 'exec', self.nat, 'sysctl', '-qw', *settings)

    def strays(self):
        """Packets that left the client for anywhere but its server."""
        text = run('ip', 'netns', 'exec', self.client, 'nft', 'list', 'counter', 'inet', 'watch', 'strays')
        return int(text.split('packets')[1].split()[0])

    def start(self, ns, *words, **more):
        p = subprocess.Popen(('ip', 'netns', 'exec', ns) + words, text=True, **more)
        self.processes.append(p)
        return p

    def down(self):
        for p in self.processes:
            if p.poll() is None:
                p.terminate()
        for p in self.processes:
            try:
                p.wait(5)
            except subprocess.TimeoutExpired:
                p.kill()
        for ns in (self.client, self.nat, self.server) + tuple(ns for ns in (self.carrier, self.air) if ns):
            # what those have left behind, which would live on in a namespace without a name
            for pid in subprocess.run(('ip', 'netns', 'pids', ns), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout.split():
                subprocess.run(('kill', '-9', pid), stderr=subprocess.DEVNULL)
            subprocess.run(('ip', 'netns', 'del', ns), stderr=subprocess.DEVNULL)


def timer_key(name):
    """'udp' -> udp_timeout, 'udp_stream' -> udp_timeout_stream, 'tcp_close' -> tcp_timeout_close."""
    proto, _, rest = name.partition('_')
    return proto + '_timeout' + ('_' + rest if rest else '')


def down():
    while _made:
        _made.pop().down()


def _on_signal(number, frame):
    sys.exit(128 + number)


atexit.register(down)
for _n in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(_n, _on_signal)
