#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The proof of natnap: a live NAT -> its profile -> a simulation -> the same answer.

Client, NAT and server are network namespaces, the NAT is Linux netfilter with its timers scaled down. Each
laboratory below is one run of `natnap probe`; they run side by side. Prints TAP; skipped where namespaces
cannot be had.

probe.t --servers: the laboratories of two ordinary STUN servers alone.
probe.t --hour [SECONDS [FLOWS]]: one laboratory with netfilter's own timers but tcp-established, which is SECONDS (3600); tells how
long finding all of them took against the longest.
probe.t --speed [SECONDS]: values that nobody sets, the longest of SECONDS (263), by crafted segments and by ordinary sockets; one timer
of 17 s; --quick. Tells how long each took.
"""
import json, os, random, shutil, signal, subprocess, sys, tempfile, threading, time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import netns

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
NATNAP = os.path.abspath(os.environ.get('NATNAP', os.path.join(ROOT, 'natnap')))
# what the probe is asked for; a STUN server may be asked so seldom that more is not to be had
FINE, COARSE, SELDOM = 0.6, 2.0, 4.0
MOST = ('--max', '30s', '--resolution')
SEARCH, COARSELY, SELDOMLY = (MOST + ('%dms' % (r * 1000),) for r in (FINE, COARSE, SELDOM))

# NATNAP_PROBE_SEED: the timers and paths of another run
SEED = int(os.environ.get('NATNAP_PROBE_SEED') or random.randrange(1 << 31))


def draw_timers(draw):
    """Seconds, others in each run; each differs from its neighbours, so that no timer can be taken for another."""
    keys = ('udp', 'udp_stream', 'icmp', 'tcp_syn_sent', 'tcp_syn_recv', 'tcp_close_wait', 'tcp_time_wait', 'tcp_close', 'tcp_fin_wait')
    timers = dict(zip(keys, draw.sample(range(4, 16), len(keys))))
    timers.update(icmpv6=timers['icmp'], tcp_established=draw.randrange(17, 27), tcp_last_ack=3, tcp_unacknowledged=28, tcp_max_retrans=28)
    return timers


DRAW = random.Random(SEED)
TIMERS = draw_timers(DRAW)
# which timer of netfilter each test meets (nf_conntrack_proto_udp.c, _tcp.c): a reply later than 2 s makes a stream; a FIN
# that was answered is CLOSE_WAIT
TRUTH = {'udp-1': 'udp', 'icmp': 'icmp', 'udp-2': 'udp_stream', 'udp-quick': 'udp', 'udp-3': 'udp_stream', 'tcp-1': 'tcp_established', 'tcp-syn': 'tcp_syn_sent',
         'tcp-syn-ack': 'tcp_syn_recv', 'tcp-fin-client': 'tcp_close_wait', 'tcp-fin-server': 'tcp_close_wait',
         'tcp-fin-both': 'tcp_time_wait', 'tcp-rst-client': 'tcp_close', 'tcp-rst-server': 'tcp_close'}

# crafted segments and echo by IPv6, through a firewall that does not translate
SIX = ['udp-3', 'icmp', 'tcp-syn', 'tcp-fin-both', 'tcp-rst-server']

# what --hour asks for: all timers, and what needs no wait as long as the longest again
HOUR = tuple(TRUTH) + ('mapping', 'filtering', 'tcp-mapping', 'tcp-filtering', 'ports', 'refresh-outbound', 'refresh-inbound',
                       'refresh-ttl', 'path', 'tcp-stray-rst', 'udp-expiry', 'tcp-expiry')

tests = failed = 0


def ok(good, name, *why):
    global tests, failed
    tests += 1
    failed += not good
    print('%sok %d - %s' % ('' if good else 'not ', tests, name), flush=True)
    for w in why if not good else ():
        print('\n'.join('# ' + line for line in str(w).splitlines()), flush=True)


class Probe(threading.Thread):
    """A laboratory with a server and one run of the probe in it."""

    def __init__(self, folder, name, server, words, timers=TIMERS, as_nobody=False, rules='', stop_when=None, limit=420, hiccups=False, carrier=None, sysctls=(), air=None):
        super().__init__(daemon=True)
        self.net = netns.Net(timers, rules, sysctls, carrier, air)
        self.name, self.folder, self.words, self.stop_when, self.limit, self.hiccups = name, folder, words, stop_when, limit, hiccups
        self.prefix = ('setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--inh-caps=-all') if as_nobody else ()
        self.server = self.net.start(self.net.server, *server, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.error = ''

    def run(self):
        began = time.monotonic()
        self.process = self.net.start(self.net.client, *self.prefix, NATNAP, 'probe', *self.words, '--json',
                                      stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if self.hiccups:
            threading.Thread(target=self.hiccup, daemon=True).start()
        if self.stop_when:
            while not self.stop_when() and self.process.poll() is None:
                time.sleep(0.5)
            self.process.send_signal(signal.SIGINT)
        try:
            self.text, self.error = self.process.communicate(timeout=self.limit)
        except subprocess.TimeoutExpired: # it tells what it knows
            self.process.send_signal(signal.SIGINT)
            time.sleep(3)
            self.process.kill()
            self.text, self.error = self.process.communicate()
        self.seconds = time.monotonic() - began

    def hiccup(self):
        """The probe's process stands still now and then, as on a machine that has too much to do."""
        while self.process.poll() is None:
            time.sleep(random.uniform(0.8, 4))
            if self.process.poll() is None:
                self.process.send_signal(signal.SIGSTOP)
                time.sleep(random.uniform(0.1, 0.8))
                self.process.send_signal(signal.SIGCONT)

    def findings(self):
        """By test name."""
        try:
            return {f['test']: f for f in json.loads(self.text)['findings'] if not f.get('port')}
        except ValueError:
            return {}

    def per_port(self):
        """By test name and port."""
        try:
            return {(f['test'], f['port']): f for f in json.loads(self.text)['findings'] if f.get('port')}
        except ValueError:
            return {}


def tests_named(*names):
    return tuple(w for n in names for w in ('--test', n))


def coturn(folder):
    """A real STUN server with two addresses and nothing else of TURN's."""
    return ('turnserver', '-n', '--stun-only', '--listening-ip=' + netns.SERVER, '--listening-ip=' + netns.OTHER, '--no-tls', '--no-dtls',
            '--no-cli', '--no-tcp', '--userdb=' + os.path.join(folder, 'turndb'), '--log-file=stdout', '--simple-log',
            '--pidfile=' + os.path.join(folder, 'turn.pid'))


# Two ordinary servers. The first can send from an address that the client was never told that it may send to.
SILENT = '198.51.100.20'
TWO = r"""ip addr add %(silent)s/32 dev lo
s() { n=$1; shift; exec turnserver -n --stun-only --no-tls --no-dtls --no-cli --no-tcp --userdb=%(folder)s/db-$n --log-file=stdout --simple-log \
    --pidfile=%(folder)s/pid-$n "$@"; }
s 1 --listening-ip=%(server)s --listening-ip=%(silent)s &
s 2 --listening-ip=%(other)s %(more)s"""
SYMMETRIC = 'table ip rnd { chain post { type nat hook postrouting priority 90; ip saddr %s masquerade fully-random; }; }' % netns.CLIENT
CONE = 'table ip cone { chain pre { type nat hook prerouting priority -100; ip daddr %s udp dport 1024-65535 dnat to %s; }; }' % (netns.NAT_OUT, netns.CLIENT)
# a NAT of each kind: its rules, whether the second server has two ports, then what is to be found
KINDS = (('cone', CONE, '', 'endpoint-independent', 'endpoint-independent', 'full cone'),
         ('port-restricted', '', '', 'endpoint-independent', 'address-and-port-dependent', 'port-restricted cone'),
         ('symmetric', SYMMETRIC, '', 'dependent', 'address-and-port-dependent', 'symmetric'),
         ('symmetric, two ports', SYMMETRIC, '--listening-ip=127.0.0.1', 'address-and-port-dependent', 'address-and-port-dependent', 'symmetric'))


def two_servers(folder):
    labs = []
    for i, (name, rules, more, mapping, filtering, kind) in enumerate(KINDS):
        own = os.path.join(folder, 'two%d' % i)
        os.mkdir(own)
        script = TWO % {'silent': SILENT, 'folder': own, 'server': netns.SERVER, 'other': netns.OTHER, 'more': more}
        p = Probe(own, name, ('sh', '-c', script), (netns.SERVER, '--second', netns.OTHER) + (('--quick',) if i != 1 else
                  tests_named('mapping', 'filtering', 'udp-3')), as_nobody=True, rules=rules, timers={'udp': 30, 'udp_stream': 60})
        p.want = {'mapping': mapping, 'filtering': filtering}
        p.kind = kind
        labs.append(p)
    return labs


def check_two(p):
    check_words(p, p.want)
    try:
        verdict = json.loads(p.text)['verdict']['nat_type']
    except ValueError:
        verdict = None
    ok(verdict == p.kind, 'two servers: %s: a %s NAT' % (p.name, p.kind), verdict, p.error)
    f = p.findings().get('udp-3', {})
    ok(f.get('state') == 'skipped' and 'RESPONSE-PORT' in f['detail'], 'two servers: %s: no timer is asked where servers only answer' % p.name, f)
    ok(p.process.returncode == (1 if '--test' in p.words else 0), 'two servers: %s: status 1 only if a timer was asked for by name' % p.name,
       p.process.returncode, p.error)
    check_strays(p)


def servers_alone():
    if not shutil.which('turnserver'):
        print('1..0 # SKIP no turnserver here')
        return 0
    try:
        netns.available()
        folder = tempfile.mkdtemp(prefix='natnap-probe-')
        os.chmod(folder, 0o777)
        labs = two_servers(folder)
    except netns.Unavailable as why:
        print('1..0 # SKIP %s' % why)
        return 0
    time.sleep(2)
    for p in labs:
        p.start()
    for p in labs:
        p.join()
        print('# %s: %.0f s, exit %d' % (p.name, p.seconds, p.process.returncode))
        check_two(p)
    print('1..%d' % tests)
    netns.down()
    subprocess.run(('rm', '-r', folder))
    return failed > 0


# STUN requests that leave the client: how many, how many new transactions in any second, and the least time between two
WATCH = r"""
import signal, socket, sys, time
s, seen, t, end = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.ntohs(3)), set(), [], []
signal.signal(signal.SIGTERM, lambda *a: end.append(1))
s.settimeout(0.5)
while not end:
    try:
        d, a = s.recvfrom(2000)
    except socket.timeout:
        continue
    h = (d[0] & 15) * 4 + 8
    if a[2] != socket.PACKET_OUTGOING or a[1] != 0x800 or d[9] != 17 or d[h:h + 2] != b'\0\1' or d[h + 4:h + 8] != b'\x21\x12\xa4\x42':
        continue
    if d[12:24] + d[h + 8:h + 20] not in seen:
        seen.add(d[12:24] + d[h + 8:h + 20])
        t.append(time.monotonic())
print(len(t), max((sum(u < b + 0.95 for u in t[i:i + 40]) for i, b in enumerate(t)), default=0))
"""


def check_rate(p):
    p.watch.terminate()
    n, most = (int(w) for w in p.watch.communicate()[0].split())
    ok(n > 100 and most <= 10, 'coturn: %d transactions, at most %d new ones in any second' % (n, most))


def reflect(*more):
    return (NATNAP, 'reflect', '--listen', netns.SERVER, '--alternate', netns.OTHER) + more


def check_timers(p, names, resolution, timers=TIMERS):
    found = p.findings()
    for name in names:
        f, want = found.get(name, {}), timers[TRUTH[name]]
        value, alive, dead = f.get('value_s'), f.get('alive_at_s'), f.get('dead_at_s')
        good = f.get('state') == 'found' and value is not None and abs(value - want) <= resolution and alive <= want + 0.05 and dead >= want - 0.05
        ok(good, '%s: %s is %s s, probed as %s' % (p.name, name, want, value), json.dumps(f, indent=1), p.error)


def check_words(p, words):
    found = p.findings()
    for name, want in words.items():
        ok(found.get(name, {}).get('answer') == want, '%s: %s is %s' % (p.name, name, want), found.get(name))


def check_strays(p):
    n = p.net.strays()
    ok(n == 0, '%s: all packets went to the named server' % p.name, '%d did not' % n)


def same_answer(folder, live):
    """The profile that the probe wrote, put into a simulation, is discovered to be the same."""
    scenario = os.path.join(folder, 'loop.ini')
    with open(scenario, 'w') as f:
        f.write('[scenario]\ntitle = what the probe found\nduration = 1h\n[path]\nmiddleboxes = nat\ndelay = 1ms\n'
                '[middlebox nat]\nprofile = probed\n[client]\napplication = udp\n')
    tests = [w for f in live.findings().values() if f['state'] == 'found' for w in ('--test', f['test'])]
    done = subprocess.run((NATNAP, '--profiles', folder, 'discover', scenario, '--json') + SEARCH + tuple(tests),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    ok(done.returncode == 0, 'loop: the profile makes a scenario', done.stderr)
    if done.returncode:
        return
    simulated = {f['test']: f for f in json.loads(done.stdout)['findings'] if not f.get('port')}
    for name, f in live.findings().items():
        s = simulated.get(name, {})
        if f['state'] != 'found' or name == 'tcp-stray-refresh':  # the profile's tracker has no windows but for resets
            continue
        if 'value_s' in f:
            good = s.get('value_s') is not None and abs(s['value_s'] - f['value_s']) <= FINE
            ok(good, 'loop: %s is %s live and %s simulated' % (name, f['value_s'], s.get('value_s')), json.dumps(s, indent=1))
        else:
            same = all(s.get(k) == f.get(k) for k in ('answer', 'server_packet_meets', 'client_packet_meets', 'opened_anew_from_inside'))
            ok(same, 'loop: %s is %s live and %s simulated' % (name, f['answer'], s.get('answer')), json.dumps([f, s], indent=1))


def dropped(p):
    """The reflector has become nobody, with no capability left."""
    pid = subprocess.run(('ip', 'netns', 'pids', p.net.server), stdout=subprocess.PIPE, text=True).stdout.split()[0]
    status = dict(line.split(':', 1) for line in open('/proc/%s/status' % pid))
    ok(set(status['Uid'].split()) == {'65534'} and int(status['CapEff'], 16) == 0 and int(status['CapPrm'], 16) == 0 and
       not status['Groups'].split() and status['NoNewPrivs'].split() == ['1'],
       'reflect: root became nobody, without groups, capabilities or a way back', status['Uid'], status['CapEff'], status['Groups'])


def no_file(p):
    """The reflector holds no file open and has written to none."""
    pid = subprocess.run(('ip', 'netns', 'pids', p.net.server), stdout=subprocess.PIPE, text=True).stdout.split()[0]
    held = [os.readlink('/proc/%s/fd/%s' % (pid, fd)) for fd in os.listdir('/proc/%s/fd' % pid)]
    files = [f for f in held if not f.startswith(('socket:', 'anon_inode:', 'pipe:', '/dev/null'))]
    io = dict(line.split(':') for line in open('/proc/%s/io' % pid))
    ok(not files and int(io['write_bytes']) == 0, 'reflect: no file was opened or written', files, io)


# A second NAT behind the first forgets sooner; what it does not know it answers by RST, with the server's address
CARRIER = {'udp': 4, 'udp_stream': 9, 'tcp_established': 9, 'tcp_close': 3}
REFUSE = 'table ip refuse { chain forward { type filter hook forward priority 0; ct state invalid ip protocol tcp reject with tcp reset; }; }'
# a timer of its own for one port, as some gateways have for SIP
SIP = """table ip sip { ct timeout sip { protocol udp; l3proto ip; policy = { unreplied : 6, replied : 14 }; };
    chain pre { type filter hook prerouting priority -150; udp dport 5060 ct timeout set "sip"; }; }"""


def chain_lab(folder):
    p = Probe(folder, 'two NATs', reflect('--raw'), (netns.SERVER, '--alternate', netns.OTHER) + SEARCH +
              tests_named('path', 'udp-3', 'refresh-ttl', 'tcp-1', 'tcp-expiry'),
              timers={'udp': 28, 'udp_stream': 28, 'tcp_established': 40}, carrier=CARRIER)
    p.net.nft(p.net.carrier, REFUSE)
    netns.run('ip', 'netns', 'exec', p.net.carrier, 'sysctl', '-qw', 'net.netfilter.nf_conntrack_tcp_loose=0')
    return p


def check_chain(p):
    found = p.findings()
    path, ttl, expiry = (found.get(n, {}) for n in ('path', 'refresh-ttl', 'tcp-expiry'))
    ok(path.get('detail') == '1 %s, 2 %s, 3 the server' % (netns.NAT_IN, netns.CARRIER_IN), 'two NATs: the path is %s' % path.get('detail'), path)
    check_timers(p, ['udp-3', 'tcp-1'], FINE, {'udp_stream': 9, 'tcp_established': 9})
    ok(ttl.get('least_ttl') == 2 and 'TTL 1 (dies at %s): the flow dies' % netns.NAT_IN in ttl['detail'],
       'two NATs: %s' % ttl.get('detail'), ttl)
    ok(expiry.get('hops') == 3 and expiry.get('server_packet_answered_by_hop') == 2 and expiry.get('client_packet_answered_by_hop') == 2,
       'two NATs: at expiry, %s' % expiry.get('detail'), expiry)


def check_ports(p):
    for port, want in ((5060, 14), (5683, TIMERS['udp_stream'])):
        f = p.per_port().get(('udp-3', port), {})
        value = f.get('value_s')
        ok(value is not None and abs(value - want) <= COARSE, 'ports: udp-3 to port %d is %d s, probed as %s' % (port, want, value), f)
    found = p.findings()
    for test, advice in (('hairpin', '--public ' + netns.NAT_OUT), ('filtering', '--alternate ' + netns.OTHER)):
        f = found.get(test, {})
        ok(f.get('state') == 'skipped' and f['detail'].startswith(advice), 'ports: %s: %s' % (test, f.get('detail')), f)


def found_in(state, test):
    """Does the state file hold the answer of a test?"""
    try:
        with open(state) as f:
            return any(t['test'] == test and t['answer'] for t in json.load(f)['findings'])
    except (OSError, ValueError):
        return False


# netfilter's own timers, in seconds, of those that the tests meet
DEFAULTS = {'udp': 30, 'icmp': 30, 'udp_stream': 120, 'tcp_syn_sent': 120, 'tcp_syn_recv': 60, 'tcp_close_wait': 60, 'tcp_time_wait': 120, 'tcp_close': 10}


def hour(longest, flows=512, resolution=10):
    """All timers of a NAT as Linux ships it, in little more than the longest."""
    try:
        netns.available()
        p = Probe(None, 'hour', reflect('--raw'), (netns.SERVER, '--alternate', netns.OTHER, '--max', '%ds' % (longest * 21 // 20), '--resolution',
                  '%ds' % resolution, '--flows', str(flows), '--width', str(flows)) + tests_named(*HOUR), timers={'tcp_established': longest},
                  limit=3 * longest)
    except netns.Unavailable as why:
        print('1..0 # SKIP %s' % why)
        return 0
    time.sleep(1)
    p.start()
    p.join()
    timers = dict(DEFAULTS, tcp_established=longest)
    check_timers(p, TRUTH, resolution, timers)
    for name in HOUR:
        f = p.findings().get(name, {})
        print('#   %-18s %-12s alive %s dead %s: %s trials in %.0f s' % (name, f.get('value_s') or f.get('answer'), f.get('alive_at_s'),
              f.get('dead_at_s'), f.get('trials'), f.get('elapsed_s') or 0))
    check_strays(p)
    ok(p.seconds < 1.3 * longest, 'hour: all is known within 1.3 times the longest timer', p.seconds)
    print('# %d findings in %.0f s, %.2f of the longest timer (%d s)' % (len(p.findings()), p.seconds, p.seconds / longest, longest))
    print('1..%d' % tests)
    netns.down()
    return failed > 0


# a value that nobody sets for each state, but the longest
UNUSUAL = {'udp': 17, 'icmp': 37, 'icmpv6': 37, 'udp_stream': 47, 'tcp_syn_sent': 71, 'tcp_syn_recv': 53, 'tcp_fin_wait': 97,
           'tcp_close_wait': 83, 'tcp_last_ack': 41, 'tcp_time_wait': 109, 'tcp_close': 29, 'tcp_unacknowledged': 300, 'tcp_max_retrans': 300}


def speed(longest):
    """How long a live discovery takes against what it finds."""
    timers = dict(UNUSUAL, tcp_established=longest)
    plain = ('udp-1', 'udp-2', 'udp-3', 'tcp-1', 'tcp-fin-client')
    at = (netns.SERVER, '--alternate', netns.OTHER)
    try:
        netns.available()
        labs = [Probe(None, 'raw', reflect('--raw'), at + tests_named(*TRUTH), timers=timers, limit=6 * longest),
                Probe(None, 'sockets', reflect(), at + ('--no-raw',) + tests_named(*plain), timers=timers, limit=6 * longest),
                Probe(None, 'one', reflect(), at + tests_named('udp-1'), timers=timers, limit=120),
                Probe(None, 'quick', reflect('--raw'), at + ('--quick',), timers=timers, limit=60)]
    except netns.Unavailable as why:
        print('1..0 # SKIP %s' % why)
        return 0
    time.sleep(1)
    for p in labs:
        p.start()
    for p in labs:
        p.join()
    raw, sockets, one, quick = labs
    check_timers(raw, TRUTH, 1, timers)
    check_timers(sockets, {n: TRUTH[n] for n in plain}, 1, timers)
    for p in (raw, sockets):
        known = json.loads(p.text).get('timers_known_after_s') or p.seconds
        ok(known < 2 * longest, '%s: all timers are known within twice the longest' % p.name, known)
        print('# %s: %d findings, timers known after %.0f s, %.2f times the longest (%d s)' % (p.name, len(p.findings()), known, known / longest, longest))
    ok(one.seconds < 40 and one.findings()['udp-1']['state'] == 'found', 'one: a timer of 17 s is known within 40 s', one.seconds, one.text)
    print('# one: %.1f s; quick: %.1f s' % (one.seconds, quick.seconds))
    ok(quick.seconds < 16, 'quick: 15 s', quick.seconds)
    print('1..%d' % tests)
    netns.down()
    return failed > 0


def main():
    print('# NATNAP_PROBE_SEED=%d' % SEED)
    # the first start of a program notes in its file when it was read, which would count as writing by the reflector
    subprocess.run((NATNAP, '--version'), stdout=subprocess.DEVNULL)
    try:
        netns.available()
        folder = tempfile.mkdtemp(prefix='natnap-probe-')
        os.chmod(folder, 0o777)
        os.mkdir(os.path.join(folder, 'middlebox'))
        profile, state = os.path.join(folder, 'middlebox', 'probed'), os.path.join(folder, 'state.json')
        at = (netns.SERVER, '--alternate', netns.OTHER)
        halted_words = at + SEARCH + tests_named('udp-3', 'mapping') + ('--state', state)
        raw = Probe(folder, 'raw', reflect('--raw'), at + SEARCH + ('--profile', profile))
        plain = Probe(folder, 'sockets', reflect(), at + SEARCH + tests_named('udp-1', 'udp-3', 'tcp-1', 'tcp-fin-client', 'mapping'),
                      as_nobody=True)
        six = Probe(folder, 'IPv6', (NATNAP, 'reflect', '--listen', netns.SERVER6),
                    (netns.SERVER6,) + SEARCH + tests_named('udp-1', 'tcp-1'), as_nobody=True)
        six_raw = Probe(folder, 'IPv6 raw', (NATNAP, 'reflect', '--raw', '--listen', netns.SERVER6), (netns.SERVER6,) + SEARCH +
                        tests_named(*SIX, 'path', 'refresh-ttl'))
        halted = Probe(folder, 'interrupted', reflect(), halted_words, stop_when=lambda: found_in(state, 'mapping'))
        stalled = Probe(folder, 'stalled', reflect('--raw'), at + SEARCH + tests_named('udp-1', 'udp-3', 'tcp-1', 'tcp-fin-client', 'tcp-rst-server'),
                        hiccups=True)
        # a path that delays and reorders, without loss; and one that loses, too, for nobody with ordinary sockets
        spread = (DRAW.uniform(20, 60), DRAW.uniform(5, 15))
        wild = Probe(folder, 'reordered', reflect('--raw'), at + SEARCH + tests_named('udp-1', 'udp-3', 'icmp', 'tcp-1', 'tcp-rst-server'), air=spread + (0,))
        lossy = Probe(folder, 'lossy', reflect(), at + COARSELY + tests_named('udp-1', 'udp-3', 'tcp-1', 'tcp-fin-client'), as_nobody=True,
                      air=spread + (0.03,))
        chain = chain_lab(folder)
        ports = Probe(folder, 'ports', reflect('--also', '5060', '--also', '5683'), (netns.SERVER,) + COARSELY + tests_named('udp-3', 'hairpin', 'filtering'),
                      as_nobody=True, rules=SIP)
        probes = [raw, plain, six, six_raw, halted, stalled, chain, ports, wild, lossy]
        stun, two = None, []
        if shutil.which('turnserver'):
            stun = Probe(folder, 'coturn', coturn(folder), at + SELDOMLY + ('--stun',) + tests_named('udp-1', 'udp-3', 'mapping', 'filtering'), as_nobody=True,
                         timers={'udp': 8, 'udp_stream': 20})
            stun.watch = stun.net.start(stun.net.client, sys.executable, '-c', WATCH, stdout=subprocess.PIPE)
            probes.append(stun)
            two = two_servers(folder)
            probes += two
    except netns.Unavailable as why:
        print('1..0 # SKIP %s' % why)
        return 0
    time.sleep(1)
    dropped(raw)
    for p in probes:
        p.start()
    halted.join()
    interrupted(halted, halted_words)
    for p in probes:
        if p is not halted:
            p.join()
            print('# %s: %.0f s, exit %d' % (p.name, p.seconds, p.process.returncode))
    check_timers(raw, TRUTH, FINE)
    check_words(raw, {'mapping': 'endpoint-independent', 'filtering': 'address-and-port-dependent', 'ports': 'preserve',
                      'tcp-mapping': 'endpoint-independent', 'refresh-outbound': 'yes', 'refresh-inbound': 'yes', 'refresh-ttl': 'yes', 'path': '2',
                      'tcp-stray-rst': 'survives', 'tcp-stray-refresh': 'no'})
    check_timers(plain, ['udp-1', 'udp-3', 'tcp-1', 'tcp-fin-client'], FINE)
    check_words(plain, {'mapping': 'endpoint-independent'})
    check_timers(stalled, ['udp-1', 'udp-3', 'tcp-1', 'tcp-fin-client', 'tcp-rst-server'], FINE)
    check_timers(wild, ['udp-1', 'udp-3', 'icmp', 'tcp-1', 'tcp-rst-server'], FINE)
    check_timers(lossy, ['udp-1', 'udp-3', 'tcp-1', 'tcp-fin-client'], COARSE)
    check_chain(chain)
    check_ports(ports)
    no_file(raw)
    check_timers(six, ['udp-1', 'tcp-1'], FINE)
    check_timers(six_raw, SIX, FINE)
    check_words(six_raw, {'path': '2', 'refresh-ttl': 'yes'})
    if stun:
        check_timers(stun, ['udp-1', 'udp-3'], SELDOM, {'udp': 8, 'udp_stream': 20})
        check_rate(stun)
        check_words(stun, {'mapping': 'endpoint-independent', 'filtering': 'address-and-port-dependent'})
    else:
        ok(True, 'coturn: probed # SKIP no turnserver here')
    for p in two:
        check_two(p)
    for p in probes:
        check_strays(p)
    same_answer(folder, raw)
    print('1..%d' % tests)
    netns.down()
    subprocess.run(('rm', '-r', folder))
    return failed > 0


def interrupted(p, words):
    """Ctrl-C gave what was known; the same command goes on from there."""
    found = p.findings()
    ok(p.process.returncode == 1 and found.get('udp-3', {}).get('state') == 'unfinished' and 'unfinished' in p.error,
       'interrupted: valid JSON says what is missing', p.text, p.error)
    ok(found.get('mapping', {}).get('state') == 'found', 'interrupted: what was known is there', p.text)
    known = found.get('udp-3', {}).get('trials', 0)
    again = Probe.__new__(Probe)
    threading.Thread.__init__(again, daemon=True)
    again.net, again.name, again.words, again.stop_when, again.prefix, again.limit, again.hiccups = p.net, 'resumed', words, None, (), 600, False
    again.start()
    again.join()
    check_timers(again, ['udp-3'], FINE)
    ok(again.findings().get('udp-3', {}).get('trials', 0) > known and again.findings().get('mapping', {}).get('trials') == 1,
       'resumed: it went on, and did not begin again', again.text)


if sys.argv[1:2] == ['--speed']:
    sys.exit(speed(*(int(word) for word in sys.argv[2:] or ['263'])))
if sys.argv[1:2] == ['--hour']:
    sys.exit(hour(*(int(word) for word in sys.argv[2:] or ['3600'])))
sys.exit(servers_alone() if sys.argv[1:2] == ['--servers'] else main())
