#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Three kinds of real ends, recorded live behind a real NAT, beside natnap's: plain TCP, mosquitto, OpenVPN.

Each laboratory is a client, a NAT and a server in network namespaces; what both ends send and get is captured while the path is
whole and after it is cut, and the same is measured on that and on `natnap run --trace` of a scenario that says what the programs
were told. They run side by side, in some 70 s. Prints TAP; skipped where namespaces cannot be had, and a recording whose program
is not here is skipped with its name.
"""
import csv, os, re, shutil, socket, struct, subprocess, sys, tempfile, threading, time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(ROOT, 'tests', 'ends')]
import measures, netns

NATNAP = os.path.abspath(os.environ.get('NATNAP', os.path.join(ROOT, 'natnap')))
NAT = {'udp': 30, 'udp_stream': 120, 'tcp_established': 7440}
tests = failed = 0


def ok(good, name, *why, skip=''):
    global tests, failed
    tests += 1
    failed += not good
    print('%sok %d - %s%s' % ('' if good else 'not ', tests, name, ' # SKIP ' + skip if skip else ''), flush=True)
    for w in why if not good else ():
        print('\n'.join('# ' + line for line in str(w).splitlines()), flush=True)


# what an end's interface sees: a line a packet, time and the packet from its IP header on
SNIFF = r"""
import signal, socket, sys, time
s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.ntohs(3))
signal.signal(signal.SIGTERM, lambda *a: sys.exit())
print('ready', flush=True)
while True:
    d, a = s.recvfrom(3000)
    if a[1] == 0x800 and a[0] != 'lo':
        print('%.6f %s' % (time.time(), d[:60].hex()), flush=True)
"""

# plain TCP: an echo of nothing, and a client that opens, sets the option, and says a byte when it is told to
TCP_SERVER = r"""
import socket
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(('0.0.0.0', 7007)); s.listen()
print('ready', flush=True)
c = s.accept()[0]
while c.recv(100):
    pass
"""
TCP_CLIENT = r"""
import socket, sys, time
idle, interval, count = (int(x) for x in sys.argv[2:5])
s = socket.create_connection((sys.argv[1], 7007))
if idle:
    s.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in ((socket.TCP_KEEPIDLE, idle), (socket.TCP_KEEPINTVL, interval), (socket.TCP_KEEPCNT, count)):
        s.setsockopt(socket.IPPROTO_TCP, option, value)
try:
    if idle:
        s.recv(100)
    else:
        time.sleep(20)
        s.send(b'x')
        time.sleep(100)
except OSError as e:
    print(type(e).__name__ + ' ' + str(e), flush=True)
"""


class Lab(threading.Thread):
    """One recording: programs started, packets captured, the path cut at some second, what programs print kept as events."""

    def __init__(self, cut, seconds):
        super().__init__(daemon=True)
        self.net = netns.Net(NAT)
        self.cut, self.seconds, self.events, self.packets, self.todo = cut, seconds, [], {'client': [], 'server': []}, []
        self.began = time.time()
        for end in self.packets:
            self.program(end, [sys.executable, '-c', SNIFF], self.take_packet, 'ready')

    def program(self, end, words, take, until=None):
        """Starts words at an end; take gets (end, line) for each line that it prints."""
        ready = threading.Event()
        p = self.net.start(getattr(self.net, end), *words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors='replace')

        def read():
            for line in p.stdout:
                if until and not ready.is_set() and re.search(until, line):
                    ready.set()
                else:
                    take(end, line.rstrip())
            ready.set()

        threading.Thread(target=read, daemon=True).start()
        if until:
            ready.wait(10)
        return p

    def take_packet(self, end, line):
        t, data = line.split()
        p = decode(bytes.fromhex(data))
        if p:
            self.packets[end].append({'t': float(t) - self.began, **p})

    def say(self, end, line):
        self.events.append({'t': time.time() - self.began, 'who': end, 'what': line})

    def server(self, *words, until=None):
        self.program('server', list(words), self.say, until)

    def client(self, *words):
        """At the second 1.5, when the server stands."""
        self.todo.append((1.5, lambda: self.program('client', list(words), self.say)))

    def run(self):
        self.began = time.time()
        self.todo.append((self.cut, lambda: self.net.nft(self.net.nat, 'table ip cut { chain f { type filter hook forward priority -10; policy drop; }; }')))
        for at, do in sorted(self.todo, key=lambda x: x[0]):
            time.sleep(max(0, self.began + at - time.time()))
            do()
        time.sleep(max(0, self.began + self.seconds - time.time()))
        self.net.down()

    def seen(self):
        return measures.Seen(self.packets['client'], self.packets['server'], self.events)


def decode(ip):
    """An IPv4 packet between the two ends, as tests/ends has them."""
    size, total, proto = (ip[0] & 15) * 4, struct.unpack('>H', ip[2:4])[0], ip[9]
    sender = {socket.inet_aton(netns.SERVER): 'server', socket.inet_aton(netns.CLIENT): 'client', socket.inet_aton(netns.NAT_OUT): 'client'}.get(ip[12:16])
    if not sender or proto not in (6, 17):
        return None
    d = ip[size:]
    sport, dport = struct.unpack('>HH', d[:4])
    if proto == 17:
        return {'from': sender, 'proto': 'udp', 'flags': '', 'sport': sport, 'dport': dport, 'seq': 0, 'ack': 0, 'len': total - size - 8}
    seq, ack, offset, flags = struct.unpack('>IIBB', d[4:14])
    return {'from': sender, 'proto': 'tcp', 'flags': ''.join(c for c, b in zip('FSRPA', (1, 2, 4, 8, 16)) if flags & b), 'sport': sport, 'dport': dport,
            'seq': seq, 'ack': ack, 'len': total - size - (offset >> 4) * 4}


def simulated(keys, cut, seconds):
    """What natnap's ends do in the same place."""
    with tempfile.TemporaryDirectory() as folder:
        with open(f'{folder}/a.ini', 'w') as f:
            f.write(f'[scenario]\nduration = {seconds}s\n[path]\nmiddleboxes = home\ndelay = 50us\noutages = times {cut}s\noutage-length = 1h\n'
                    f'[middlebox home]\nprofile = linux\ntcp-established = 2h4min\n[client]\nstart = 1500ms\n{keys}\n')
        r = subprocess.run([NATNAP, 'run', f'{folder}/a.ini', '--trace', f'{folder}/a.csv'], capture_output=True, text=True, timeout=60)
        if r.returncode:
            raise RuntimeError(r.stderr)
        packets, events = {'client': [], 'server': []}, []
        with open(f'{folder}/a.csv', newline='') as f:
            for row in csv.DictReader(f):
                t, end = float(row['time_s']), row['end']
                if row['what'] == 'note':
                    events.append({'t': t, 'who': end, 'what': row['note']})
                    continue
                sender = end if row['what'] == 'send' else {'client': 'server', 'server': 'client'}[end]
                packets[end].append({'t': t, 'from': sender, 'proto': row['proto'], 'flags': row['flags'], **{k: int(row[k] or 0) for k in ('len', 'sport', 'dport', 'seq', 'ack')}})
    return measures.Seen(packets['client'], packets['server'], events, True)


def near(a, b, room):
    """Two numbers, or lists of as many, no farther apart than room: a number, or a share like '8%' (and 30 ms)."""
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(near(x, y, room) for x, y in zip(a, b))
    if a is None or b is None or isinstance(a, list) or isinstance(b, list):
        return False
    return abs(a - b) <= (abs(a) * float(room[:-1]) / 100 + 0.03 if isinstance(room, str) else room)


class Recording:
    """A program, how it is started in a laboratory, the scenario's lines for the same, and what is to agree."""

    def __init__(self, name, needs, start, keys, cut, seconds, facts):
        self.name, self.needs, self.start, self.keys, self.cut, self.seconds, self.facts = name, needs, start, keys, cut, seconds, facts

    def missing(self):
        return [p for p in self.needs if not (os.path.exists(p) if '/' in p else shutil.which(p))]

    def record(self, folder):
        self.lab = Lab(self.cut, self.seconds)
        self.start(self.lab, folder)
        self.lab.start()

    def compare(self):
        self.lab.join(self.seconds + 30)
        real, ours = self.lab.seen(), simulated(self.keys, self.cut, self.seconds)
        for fact, room, measure in self.facts:
            a, b = measure(real), measure(ours)
            ok(near(a, b, room), f'{self.name}: {fact}: really {a}, natnap {b}', f'no nearer than {room}', *self.lab.events[-5:])


def plain(*options):
    def start(lab, folder):
        lab.server(sys.executable, '-c', TCP_SERVER, until='ready')
        lab.client(sys.executable, '-c', TCP_CLIENT, netns.SERVER, *options)
    return start


def mosquitto(lab, folder):
    with open(f'{folder}/m.conf', 'w') as f:
        f.write('listener 1883 0.0.0.0\nallow_anonymous true\nlog_type all\nuser root\n')
    lab.server('mosquitto', '-c', f'{folder}/m.conf', '-v', until='running')
    lab.client('mosquitto_sub', '-h', netns.SERVER, '-t', 'x', '-q', '1', '-k', '10', '-i', 'c1', '-d')


def openvpn(lab, folder):
    for ns in (lab.net.client, lab.net.server): # else the kernel's own solicitations go through the tunnel
        netns.run('ip', 'netns', 'exec', ns, 'sysctl', '-qw', 'net.ipv6.conf.default.disable_ipv6=1')
    subprocess.run(['openvpn', '--genkey', 'secret', f'{folder}/k'], check=True, capture_output=True)
    version = subprocess.run(['openvpn', '--version'], capture_output=True, text=True).stdout
    both = ['openvpn', '--secret', f'{folder}/k', '--cipher', 'AES-256-CBC', '--proto', 'udp', '--dev-type', 'tun', '--verb', '3', '--persist-tun',
            '--ping', '5', '--ping-restart', '20']
    if not re.match(r'OpenVPN 2\.[0-6]\.', version):
        both.append('--allow-deprecated-insecure-static-crypto')
    lab.server(*both, '--port', '1194', '--dev', 'ovs', '--ifconfig', '10.88.0.1', '10.88.0.2', until='link remote|UDPv4 link')
    lab.client(*both, '--dev', 'ovc', '--remote', netns.SERVER, '--nobind', '--ifconfig', '10.88.0.2', '10.88.0.1')


def count(**w):
    return lambda s: measures.count(s, **w)


def period(**w):
    return lambda s: measures.period(s, **w)


RECORDINGS = (
    Recording('TCP keepalive 5 s, 2 s, 3', (), plain('5', '2', '3'), 'application = tcp\npolicy = none\ntcp-keepalive = 5s\ntcp-keepalive-interval = 2s\n'
              'tcp-keepalive-count = 3', 24, 50, (
        # Linux sets the timer to the interval after an answered probe where that is shorter
        ('period of the probes', 0.3, period(kind='probe', before=23)),
        ('probes after the cut', 0, count(kind='probe', after=24.2)),
        ('given up since heard', 0.7, lambda s: measures.event(s, 'client', 'ETIMEDOUT|TimeoutError|timed out', sim='dead')),
        ('with RST', 0, count(kind='rst', after=24)))),
    Recording('TCP, a byte written into a cut', (), plain('0', '0', '0'), 'application = tcp\npolicy = fixed\ninterval = 20s\nanswer-timeout = never', 19, 75, (
        ('transmissions of it since the first', '8%', lambda s: measures.offsets(s, n=7, kind='data', after=19)),)),
    Recording('mosquitto -k 10', ('mosquitto', 'mosquitto_sub'), mosquitto, 'application = mqtt\ninterval = 10s\nport = 1883\ntls = none\nkeepalive-size = 2B\nkeepalive-answer = 2B\n'
              'open-up = 30B\nopen-down = 12B', 28, 65, (
        ('period of PINGREQ', 0.3, period(kind='data', after=5, before=27, again=False)),
        # the broker looks every few seconds: 1.5 times the keepalive, and up to 5 s more
        ('broker closes since it heard', 5.7, lambda s: measures.event(s, 'server', 'exceeded timeout|disconnect', sim='closed|flow-ended')),
        ('client connects again since its unanswered PINGREQ', 2.5, lambda s: measures.gap(s, {'kind': 'data', 'after': 28}, {'kind': 'syn'})),
        ('SYNs after the cut', 2, count(kind='syn', after=28, before=60)))),
    Recording('OpenVPN --ping 5 --ping-restart 20', ('openvpn', '/dev/net/tun'), openvpn, 'application = openvpn\ninterval = 5s\nidle-timeout = 400%\nserver-idle-timeout = 400%\n'
              'open-round-trips = 0', 39, 75, (
        # the first 12 s belong to its own check of options
        ('period of the client\'s pings', 0.6, period(kind='data', after=13, before=38.5)),
        ('period of the server\'s', 0.6, lambda s: measures.period(s, side='server', frm='server', kind='data', after=13, before=38.5)),
        ('a new socket since heard', 2.0, lambda s: measures.since_heard(s, kind='data', conn=1)))),
)


def main():
    try:
        netns.available()
        there = [r for r in RECORDINGS if not r.missing()]
        with tempfile.TemporaryDirectory() as folder:
            for i, r in enumerate(there):
                os.mkdir(f'{folder}/{i}')
                r.record(f'{folder}/{i}')
            for r in RECORDINGS:
                if r in there:
                    r.compare()
                else:
                    ok(True, r.name, skip='no %s here' % ', '.join(r.missing()))
    except netns.Unavailable as e:
        print('1..0 # SKIP no laboratory here: %s' % e)
        return 0
    print('1..%d' % tests)
    netns.down()
    return 1 if failed else 0


sys.exit(main())
