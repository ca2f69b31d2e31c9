# SPDX-License-Identifier: BSD-2-Clause
"""Random packet scripts, and the environments (rules and sysctls of one NAT) that they are played in.

A script is a list of steps, plain dicts with absolute values, so that removing some steps leaves the others as
they were. Keys of a step:
  n      its number, kept when others are removed
  t      seconds from the start
  side   inside or outside: where the packet arrives
  proto  udp, tcp, icmp or a protocol number as text
  src    (name, port); names: C1..C3 inside, S1 S2 X outside, NAT the external address, NATL the inside one
  dst    (name, port), or None with
  via    (client, port, server, port): to wherever that flow was last seen to come from outside; of a port forward,
         (peer, port, NAT, port): to the peer as it was last seen inside
  TCP: flags seq ack win len wscale;  ICMP: type (type, code), id, or for an error quotes, the number of a step
  csum   bad;  ttl 1
  back   for what a port forward turns back: the inside host that gets it
  known  sent only if the kernel has an entry for it: hosts of one network need no router to begin with each other
A step may be what someone does to the box instead of a packet:
  do     delete: the entry of the packet of step `of` goes (conntrack -D); flush: all go (conntrack -F);
         sysctl: key takes another value; rules: so does a key of the environment; down, up: the outside interface; address: it has another address
"""
import random

TIMERS_TCP = ('syn_sent', 'syn_recv', 'established', 'fin_wait', 'close_wait', 'last_ack', 'time_wait', 'close', 'max_retrans', 'unacknowledged')
WINDOWS = (65535, 65535, 29200, 8192, 1000, 100)
U32 = 0xFFFFFFFF
LONGEST = 20.0  # seconds that a script may take
RULES = {'invalid': ('pass', 'drop'), 'input': ('drop', 'accept'), 'reject': (None, 'rst', 'icmp'), 'forward': ('stateful', 'open', 'answers')}
RAW = ('drop outside udp len 100-200', 'drop inside udp len 30-60', 'notrack inside udp dport 7000', 'notrack udp sport 7000', 'drop outside tcp sport 81', 'drop icmp len 100-1000')
AFTER = ('drop outside udp len 100-200', 'drop inside udp len 30-60', 'reject inside udp dport 7000', 'reject outside udp dport 5001', 'reject inside tcp dport 81', 'accept inside udp sport 400')
ZONES = ('zone 5', 'zone 5 udp len 100-200', 'zone 6 udp sport 5000', 'zone 5 inside', 'opener-zone 5 inside', 'opener-zone 6 inside udp len 100-200', 'opener-zone 7 inside tcp sport 5000',
         'answerer-zone 5 outside', 'answerer-zone 6 inside udp', 'zone 7 tcp', 'zone 5 icmp', 'opener-zone 5 outside tcp dport 8080', 'zone 6 outside udp dport 8053', 'zone 7 47', 'accept udp len 20-30')
SYSCTLS = {'47': 'gre', '253': 'generic', '99': 'generic'}  # protocols by number
ALONE = {'flush', 'sysctl', 'rules', 'down', 'up', 'address'}  # what concerns all flows of a box: such a script has a box of its own


def alone(steps):
    """Does a script need a lab that no other one uses?"""
    return any(x.get('do') in ALONE for x in steps)


# ------------------------------------------------------------------ environments

def environment(rng, nat=None, focus=None):
    """Rules and timers of one NAT or firewall. Timers of one protocol all differ by a second or more."""
    tcp = rng.sample(range(2, 15), len(TIMERS_TCP))
    sysctls = {'tcp_timeout_' + name: value for name, value in zip(TIMERS_TCP, tcp)}
    udp = rng.sample(range(3, 9), 2)
    sysctls.update(udp_timeout=udp[0], udp_timeout_stream=udp[1], icmp_timeout=rng.randint(2, 6), generic_timeout=rng.randint(2, 7))
    sysctls.update(tcp_loose=int(rng.random() < 0.75), tcp_be_liberal=int(rng.random() < 0.2), tcp_ignore_invalid_rst=int(rng.random() < 0.25),
                   tcp_max_retrans=rng.choice((3, 3, 3, 1, 2, 5)))
    if nat is None:
        nat = (rng.random() < 0.7 or focus in ('forward', 'nat66', 'move')) and focus != 'six'
    kind = 'masquerade' if focus == 'nat66' or rng.random() < 0.8 else rng.choice(('masquerade random', 'masquerade fully-random'))
    if nat and focus not in ('nat66', 'move') and rng.random() < 0.25:
        kind = rng.choice(('snat to 198.18.0.1', 'masquerade to :6000-6003'))
    more = {}
    if rng.random() < 0.25:
        more['reject'] = rng.choice(('rst', 'icmp'))
    if rng.random() < (1 if focus == 'limit' else 0.12):
        more['limit'] = rng.choice((1, 2, 3))  # sessions of an inside host (connlimit); of those that it opens, the others are left out
        kind = 'masquerade' if ' to :' in kind else kind  # whose lack of ports is silent
    if nat and 'limit' not in more and (rng.random() < 0.4 or focus in ('forward', 'move')):
        more['forwards'] = [('tcp', 8080, 'C1', 80), ('udp', 8053, 'C1', 53)]
        more['hairpin'] = rng.choice(('internal', 'box') if focus else (None, 'internal', 'box'))  # the source that the host behind a forward sees
    if 'forwards' in more and kind.startswith('masquerade') and rng.random() < 0.6:
        more['follows'] = True  # whatever address the box has; else they are of the first one, also when the box has another
    if rng.random() < 0.25:
        more['port_timers'] = [('udp', 53) + tuple(rng.sample(range(3, 9), 2)), ('tcp', 80) + tuple(rng.sample(range(3, 9), 2))]
    if not nat and (rng.random() < 0.5 or focus == 'six'):
        more['version'] = 6
    sysctls.update(zip(('gre_timeout', 'gre_timeout_stream'), rng.sample(range(2, 8), 2)))
    if nat and kind.startswith('masquerade') and (rng.random() < 0.3 or focus == 'nat66'):
        more['version'] = 6
    if rng.random() < (1 if focus == 'rules' else 0.2):
        more['raw'] = sorted(rng.sample(RAW, rng.choice((0, 1, 2))))
        more['after'] = sorted(rng.sample(AFTER, rng.choice((0, 1, 2))))
    if rng.random() < (1 if focus == 'zones' else 0.1):
        more['raw'] = more.get('raw', []) + rng.sample(ZONES, rng.choice((1, 1, 2, 3)))
    if 'forwards' not in more and rng.random() < (0.4 if focus == 'rules' else 0.06):
        more['on_miss'] = rng.choice(('rst', 'drop')) if nat else 'rst'
    return {**more, 'nat': kind if nat else None, 'invalid': 'drop' if rng.random() < 0.25 else 'pass', 'input': 'accept' if nat and 'limit' not in more and rng.random() < 0.25 else 'drop',
            'forward': 'stateful' if nat or 'limit' in more or rng.random() < 0.5 else 'open', 'sysctls': sysctls}


# ------------------------------------------------------------------ the common part

class Script:
    """Collects steps; the clock moves by random waits."""

    def __init__(self, rng, env, length):
        self.rng, self.env, self.left = rng, env, length
        self.t, self.steps = 0.0, []
        self.meddling = ()  # what is done to the box between packets
        self.restore = None # when the interface that is down comes up again
        self.gre = False
        self.through = False  # mostly packets that a port forward sees, if there is one

    def wait(self, quick=False):
        r = self.rng
        u = r.random()
        if quick or u < 0.6:
            self.t += r.uniform(0.06, 0.4)
        elif u < 0.85:
            self.t += r.uniform(0.4, 1.6)
        else:
            self.t += r.uniform(1.6, 7.0)

    def done(self):
        return self.left <= 0 or self.t > LONGEST

    def add(self, quick=False, **step):
        step = {'n': len(self.steps), 't': round(self.t, 3), **{k: v for k, v in step.items() if v is not None}}
        step.setdefault('dst', None)
        self.steps.append(step)
        self.left -= 1
        self.wait(quick)
        if self.restore is not None:
            if self.t > self.restore:
                self.restore = None
                self.steps.append({'n': len(self.steps), 't': round(self.t, 3), 'do': 'up'})
                self.t += 1.3  # the link is not there at once
        elif self.meddling and self.rng.random() < 0.2:
            self.meddle()
        return step

    def meddle(self):
        r = self.rng
        do = r.choice(self.meddling)
        step = {'n': len(self.steps), 't': round(self.t, 3), 'do': do}
        if do == 'delete':
            step['of'] = r.choice([x['n'] for x in self.steps if 'do' not in x][-8:])
        elif do == 'sysctl':
            step['key'], step['value'] = self.setting()
        elif do == 'rules':
            step['key'], step['value'] = r.choice([(k, v) for k, values in RULES.items() for v in values])
        self.steps.append(step)
        self.wait(quick=r.random() < 0.5)
        if do == 'down':
            self.restore = self.t + r.choice((0.5, 2.0, 4.0))

    def setting(self):
        """Another value for one of the environment's sysctls, mostly one that the script's packets ask for."""
        r = self.rng
        used = {SYSCTLS.get(x['proto'], x['proto']) for x in self.steps if 'do' not in x}
        keys = [k for k in self.env['sysctls'] if k.split('_')[0] in used] or list(self.env['sysctls'])
        key = r.choice(keys)
        now = self.env['sysctls'][key]
        if '_timeout' in key:
            return key, r.choice([v for v in range(2, 13) if v != now])
        return key, r.choice((1, 2, 3, 4)) if key == 'tcp_max_retrans' else r.choice((0, 1))

    def spoil(self):
        """Rarely, what makes a packet unfit: a wrong checksum, a time to live that ends at the box."""
        u = self.rng.random()
        return {'csum': 'bad'} if u < 0.02 else {'ttl': 1} if u < 0.03 else {}


# ------------------------------------------------------------------ TCP

class End:
    """One end of a connection as an ordinary stack would count; oddities leave it as it is."""

    def __init__(self, rng, wscale):
        self.nxt = rng.choice((rng.getrandbits(32), 1000, 50000, U32 - 20, 0x7FFFFFF0))
        self.isn, self.una = self.nxt, self.nxt
        self.win = rng.choice(WINDOWS)
        self.wscale = wscale
        self.sent = []  # steps it sent, to repeat


def turned(env, client, peer, front, side):
    """Ends of a packet between two inside hosts by way of a port forward; side: that of the peer counts as outside."""
    if side == 'outside':
        return dict(src=peer, dst=front, back=client[0])
    return dict(src=client, back=peer[0], via=peer + front, **({} if env['hairpin'] == 'box' else {'known': True}))


class Connection:
    def __init__(self, script, client, server):
        self.s, self.rng = script, script.rng
        self.client, self.server = client, server
        self.front = None  # the external endpoint of a port forward to the client
        self.back = server[0][0] == 'C'  # and the server is one more inside host, hairpinned
        r = self.rng
        scaled = r.random() < 0.5
        shift = lambda: r.choice((0, 2, 7, 14)) if scaled else None
        self.c, self.v = End(r, shift()), End(r, shift())
        self.cross = r.random() < 0.08  # wscale offered by the client only
        if self.cross:
            self.c.wscale, self.v.wscale = 7, None

    def ends(self, side):
        return (self.c, self.v) if side == 'inside' else (self.v, self.c)

    def send(self, side, flags, seq=None, ack=None, length=0, win=None, quick=False, wscale=None, count=True):
        me, peer = self.ends(side)
        regular = seq is None
        seq = me.nxt if regular else seq
        ack = (peer.nxt if ack is None else ack) if 'A' in flags else 0
        packet = dict(side=side, proto='tcp', flags=flags, seq=seq & U32, ack=ack & U32, win=me.win if win is None else win, len=length, wscale=wscale)
        packet.update(self.s.spoil())
        if self.back:
            packet.update(side='inside', **turned(self.s.env, self.client, self.server, self.front, side))
        elif side == 'inside':
            packet.update(src=self.client, **({'via': self.server + self.front} if self.front else {'dst': self.server}))
        else:
            packet.update(src=self.server, **({'dst': self.front} if self.front else {'via': self.client + self.server}))
        step = self.s.add(quick=quick, **packet)
        me.sent.append({k: v for k, v in step.items() if k not in ('n', 't')})
        if regular and count and 'csum' not in step:
            me.nxt = (me.nxt + length + ('S' in flags) + ('F' in flags)) & U32
            if 'A' in flags:
                peer.una = peer.nxt

    # --- regular moves

    def handshake(self, opener='inside'):
        other = 'outside' if opener == 'inside' else 'inside'
        r = self.rng
        o, p = self.ends(opener)
        self.send(opener, 'S', wscale=o.wscale, quick=True)
        if r.random() < 0.1:
            self.repeat(opener)
        if r.random() < 0.08:
            self.odd()
        if not self.s.done():
            self.send(other, 'SA', wscale=p.wscale, quick=True)
        if r.random() < 0.1:
            self.repeat(other)
        if r.random() < 0.08:
            self.odd()
        if not self.s.done():
            self.send(opener, 'A', quick=r.random() < 0.5)

    def simultaneous(self):
        self.send('inside', 'S', wscale=self.c.wscale, quick=True)
        self.send('outside', 'S', wscale=self.v.wscale, quick=True)
        if self.rng.random() < 0.8:
            for side in self.rng.sample(('inside', 'outside'), 2):
                me, _ = self.ends(side)
                self.send(side, 'SA', seq=me.isn, wscale=me.wscale, quick=True)

    def talk(self, side):
        self.send(side, self.rng.choice(('PA', 'PA', 'A')), length=self.rng.choice((1, 10, 100, 1000)))

    def acknowledge(self, side):
        self.send(side, 'A')

    def finish(self, side):
        self.send(side, 'FA', length=self.rng.choice((0, 0, 0, 10)))

    def close(self):
        r = self.rng
        first = r.choice(('inside', 'outside'))
        second = 'outside' if first == 'inside' else 'inside'
        order = [(first, 'FA'), (second, 'A'), (second, 'FA'), (first, 'A')]
        if r.random() < 0.3:
            order = [(first, 'FA'), (second, 'FA'), (first, 'A'), (second, 'A')]
        for side, flags in order[:r.choice((2, 3, 4, 4))]:
            if self.s.done():
                return
            self.send(side, flags, quick=r.random() < 0.7)

    # --- oddities

    def repeat(self, side, times=1):
        me, _ = self.ends(side)
        if not me.sent:
            return
        packet = dict(self.rng.choice(me.sent[-3:]))
        for _ in range(times):
            if not self.s.done():
                self.s.add(quick=True, **packet)

    def keepalive(self, side):
        me, _ = self.ends(side)
        length = self.rng.choice((0, 0, 1))
        for _ in range(self.rng.choice((1, 1, 2, 4))):
            if not self.s.done():
                self.send(side, 'A', seq=me.nxt - 1, length=length, quick=self.rng.random() < 0.6)

    def edge(self, side):
        """A sequence or acknowledgement number on, or one beside, a border of the window check."""
        r = self.rng
        me, peer = self.ends(side)
        window = lambda e: e.win << (e.wscale or 0)
        seqs = (me.nxt, me.una, me.una + window(peer), me.una + 2 * window(peer), me.nxt + window(peer), me.nxt - window(peer), me.isn, me.nxt - window(me),
                me.una + peer.win, me.nxt + r.getrandbits(31))
        acks = (peer.nxt, peer.una, peer.isn, peer.nxt - 66000, peer.una - 66000, peer.nxt - window(me), peer.nxt - window(peer), peer.nxt + r.getrandbits(31))
        off = r.choice((-2, -1, 0, 0, 1, 2))
        length = r.choice((0, 0, 1, 10, 1000))
        flags = r.choice(('A', 'PA', 'A', 'FA', 'RA', 'SA')) if r.random() < 0.4 else 'A'
        if r.random() < 0.6:
            self.send(side, flags, seq=r.choice(seqs) + off - r.choice((0, length)), length=length)
        else:
            self.send(side, flags, seq=me.nxt, ack=r.choice(acks) + off, length=length)

    def reset(self, side):
        r = self.rng
        me, peer = self.ends(side)
        kind = r.random()
        seq = me.nxt if kind < 0.35 else r.choice((me.nxt + 1, me.nxt + 50, me.una, me.una - 1, me.isn, me.nxt - 1, peer.nxt, me.nxt + 65535, me.nxt + 70000, 0, me.nxt - 70000, me.nxt + r.getrandbits(31)))
        self.send(side, r.choice(('R', 'R', 'RA')), seq=seq, ack=r.choice((peer.nxt, peer.nxt, peer.isn + 1, 0)))

    def syn_again(self, side):
        r = self.rng
        me, _ = self.ends(side)
        seq = r.choice((me.isn, me.isn, me.nxt + 100000, me.nxt + 1, r.getrandbits(32), me.isn - 100000))
        if r.random() < 0.6:
            self.send(side, 'S', seq=seq, wscale=me.wscale)
        else:
            self.send(side, 'SA', seq=seq, ack=r.choice((None, self.ends(side)[1].isn + 1, r.getrandbits(32))), wscale=me.wscale)

    def reopen(self):
        """A new connection on the same endpoints."""
        r = self.rng
        for end in (self.c, self.v):
            end.isn = end.nxt = end.una = r.choice((end.nxt + 200000, end.nxt - 200000, r.getrandbits(32))) & U32
            end.sent = []
        self.handshake(r.choice(('inside', 'inside', 'inside', 'outside')))

    def flags(self, side):
        self.send(side, self.rng.choice(('', 'F', 'P', 'U', 'FPU', 'SF', 'SR', 'SU', 'SP', 'SAP', 'RF', 'RP', 'FAP', 'AU', 'SAR', 'AFR', 'SAF')), count=False,
                  seq=self.ends(side)[0].nxt, length=self.rng.choice((0, 0, 0, 4)))

    def window(self, side):
        me, _ = self.ends(side)
        u = self.rng.random()
        if u < 0.5:
            self.send(side, 'A', win=0)
        else:
            me.win = self.rng.choice(WINDOWS)
            self.send(side, 'A')

    def odd(self):
        r = self.rng
        side = r.choice(('inside', 'outside'))
        move = r.choices((self.repeat, self.keepalive, self.edge, self.reset, self.syn_again, self.flags, self.window), (10, 12, 26, 10, 12, 6, 8))[0]
        move(side)

    def step(self):
        r = self.rng
        side = r.choice(('inside', 'outside'))
        u = r.random()
        if u < 0.2:
            self.talk(side)
        elif u < 0.36:
            self.acknowledge(side)
        elif u < 0.42:
            self.finish(side)
        elif u < 0.48:
            self.close()
        elif u < 0.54:
            self.repeat(side, r.choice((3, 4, 5)))
        elif u < 0.58:
            self.reopen()
        else:
            self.odd()

    def open(self):
        u = self.rng.random()
        if u < 0.72:
            self.handshake()
        elif u < 0.80:
            self.simultaneous()
        elif u < 0.84:
            self.handshake('outside')
        elif u < 0.92:
            for end in (self.c, self.v):
                end.wscale = None
            self.send(self.rng.choice(('inside', 'inside', 'outside')), self.rng.choice(('A', 'PA', 'FA')), length=self.rng.choice((0, 10)))


def forwarded_tcp(s, connections):
    """One or two connections through a port forward; or one by which the forward's host had opened the same ends itself."""
    r = s.rng
    peers = [('S1', 4000)]
    if s.env['hairpin'] and r.random() < 0.7:
        peers = r.choice(([('C2', 4000)], [('C2', 4000), ('C3', 4000)], [('C1', 4000)], [('C2', 400)], [('C2', 4000), ('S1', 4000)]))
    connections[:] = [Connection(s, ('C1', 80), p) for p in peers]
    if len(peers) == 1 and peers[0][0] == 'S1' and r.random() < 0.4:
        connections.insert(0, Connection(s, ('C1', 80), peers[0]))
        connections[0].handshake()
        s.wait()
    for c in connections:
        if c.back or c is connections[-1]:
            c.front = ('NAT', 8080)
            c.handshake('outside')


def tcp(s):
    r = s.rng
    port = r.choice((5000, 5000, 5000, 400, 700))
    connections = [Connection(s, ('C1', port), ('S1', 80))]
    u = r.random()
    if u < 0.12 and ' to :' not in (s.env['nat'] or ''):  # a port of TIME_WAIT may be taken over, if chance hits it
        connections.append(Connection(s, ('C2', port), ('S1', 80)))  # clashes with the first behind a NAT
    elif u < 0.18:
        connections.append(Connection(s, ('C1', port), ('S2', 80)))
    if s.env.get('limit'):
        connections += [Connection(s, ('C1', port), x) for x in (('S2', 80), ('S1', 81), ('S2', 81))[:r.choice((1, 2, 3))]]
    if s.env.get('forwards') and s.through:
        forwarded_tcp(s, connections)
    else:
        for c in connections:
            c.open()
    while not s.done():
        if r.random() < 0.04:
            error(s)
        else:
            r.choice(connections).step()


# ------------------------------------------------------------------ UDP, ICMP, others

def udp(s):
    r = s.rng
    ports = r.choice(((5000,), (5000, 5001), (400,), (700,)))
    servers = [('S1', 53), ('S2', 53), ('S1', 7000)][:r.choice((1, 2, 3))]
    clients = ['C1', 'C2', 'C3'][:r.choice((1, 1, 2, 3))]
    if s.env.get('limit'):
        clients, ports, servers = clients[:2], (5000, 5001), [('S1', 53), ('S2', 53), ('S1', 7000)]
    flows = [(c, p) + v for c in clients for p in ports for v in servers]
    favourite = r.choice(flows)
    used = []
    while not s.done():
        flow = favourite if r.random() < 0.6 else r.choice(flows)
        client, server = flow[:2], flow[2:]
        base = dict(proto='udp', len=r.choice((0, 4, 100)), **s.spoil())
        u = r.random()
        focused = s.env.get('forwards') and s.through and r.random() < 0.7
        if (u < 0.45 or not used) and not focused:
            s.add(side='inside', src=client, dst=server, **base)
            used.append(flow)
        elif u < 0.85 and not focused:
            flow = flow if flow in used and r.random() < 0.7 else r.choice(used)
            s.add(side='outside', src=flow[2:], via=flow, **base)
        elif u < 0.90 and s.env.get('forwards') or focused:
            forwarded(s, base)
        elif u < 0.92:
            s.add(side='outside', src=r.choice((('X', 9999), (server[0], 54), ('S2', 53))), via=r.choice(used), **base)
        elif u < 0.94 and s.env['nat']:
            s.add(side='inside', src=('C3', r.choice((5000, 6000))), via=r.choice(used), **base)  # no forward turns it back
        else:
            error(s)


def forwarded(s, base):
    """One packet of a flow through a port forward, of either side."""
    peer = s.rng.choice((('S1', 4000), ('X', 4001)))
    if s.env['hairpin'] and s.rng.random() < 0.7:
        peer = s.rng.choice((('C2', 4000), ('C2', 4000), ('C3', 4000), ('C1', 4000), ('C2', 400)))
        s.add(side='inside', **turned(s.env, ('C1', 53), peer, ('NAT', 8053), s.rng.choice(('inside', 'outside'))), **base)
    elif s.rng.random() < 0.6:
        s.add(side='outside', src=peer, dst=('NAT', 8053), **base)
    else:
        s.add(side='inside', src=('C1', 53), **(dict(via=peer + ('NAT', 8053)) if s.rng.random() < 0.7 else dict(dst=peer)), **base)


def echo(s):
    r = s.rng
    ids = r.choice(((77,), (1000, 1001), (1000,)))
    clients = ['C1', 'C2'][:r.choice((1, 1, 2))]
    servers = ['S1', 'S2'][:r.choice((1, 2))]
    used = []
    while not s.done():
        client, ident, server = r.choice(clients), r.choice(ids), r.choice(servers)
        u = r.random()
        base = dict(proto='icmp', len=8, **s.spoil())
        if u < 0.5 or not used:
            s.add(side='inside', src=(client, 0), dst=(server, 0), type=(8, 0), id=ident, **base)
            used.append((client, ident, server, 8))
        elif u < 0.85:
            flow = r.choice(used)
            s.add(side='outside', src=(flow[2], 0), via=flow, type=(0, 0), id=flow[1], **base)
        elif u < 0.92:
            s.add(side='outside', src=('X', 0), via=r.choice(used), type=r.choice(((0, 0), (8, 0))), id=r.choice(ids), **base)
        else:
            error(s)


def other(s):
    r = s.rng
    proto = '47' if s.gre else r.choice(('253', '99', '47', '47'))
    flows = [(c, 0, v, 0) for c in ('C1', 'C2') for v in ('S1', 'S2')]
    while not s.done():
        flow = r.choice(flows)
        if r.random() < 0.5:
            s.add(side='inside', proto=proto, src=flow[:2], dst=flow[2:], len=8)
        else:
            s.add(side='outside', proto=proto, src=flow[2:], via=flow, len=8)


ERRORS = ((3, 0), (3, 1), (3, 3), (3, 4), (3, 5), (3, 13), (11, 0), (12, 0), (4, 0), (5, 1))


def error(s):
    """An ICMP error about an earlier packet, from a router or from the host that got it."""
    earlier = [x for x in s.steps if 'quotes' not in x and 'do' not in x]
    if not earlier:
        return
    about = s.rng.choice(earlier[-6:])
    side = 'outside' if about['side'] == 'inside' else 'inside'
    kinds = [x for x in ERRORS if s.env.get('version') != 6 or x not in ((4, 0), (5, 1))]
    if about.get('back'):
        return s.add(side='inside', proto='icmp', type=s.rng.choice(kinds), quotes=about['n'], src=(about['back'], 0))
    src = s.rng.choice((('X', 0), ('S1', 0))) if side == 'outside' else (about['via'][0] if about.get('via') else about['dst'][0], 0)
    if side == 'inside' and src[0][0] != 'C':
        return
    s.add(side=side, proto='icmp', type=s.rng.choice(kinds), quotes=about['n'], src=src, **({'csum': 'bad'} if s.rng.random() < 0.03 else {}))


def mixed(s):
    kinds = s.rng.sample((udp, tcp, echo), 2)
    total = s.left
    for k, kind in enumerate(kinds):
        s.left = total // 2
        kind(s)
        if k == 0:
            s.t = s.rng.uniform(0.03, 2.0)  # the second runs beside the first
    s.steps.sort(key=lambda x: x['t'])


KINDS = ((tcp, 68), (udp, 20), (echo, 4), (other, 4), (mixed, 4))


def script(seed, env, focus=None):
    """The random script of a seed, for an environment. focus: every script has what else few have (meddle)."""
    rng = random.Random(seed)
    s = Script(rng, env, rng.randint(5, 24))
    u = rng.random() * (0.16 if focus == 'meddle' else 1)
    s.meddling = ('delete',) if u < 0.1 else ('delete', 'flush', 'sysctl', 'sysctl') if u < 0.16 else ()
    if s.meddling and focus not in ('link', 'move') and not env.get('port_timers') and not env.get('limit') and rng.random() < 0.4:
        s.meddling = ('rules', 'rules', 'delete', 'sysctl')  # other rules would bring other timer objects and lists
    if focus in ('link', 'move') or u > (0.85 if env.get('follows') else 0.97):
        moves = (env['nat'] or '').startswith('masquerade')
        # a rule by what is local (fib) fits nothing while the interface is down; others go on
        s.meddling = ('address',) if env.get('follows') else ('down', 'address') if moves else ('down',)
    s.through = focus in ('forward', 'move') or rng.random() < 0.4
    s.gre = focus == 'gre'
    if s.gre:
        s.meddling = s.meddling or ('sysctl', 'sysctl', 'delete')
    (other if s.gre else rng.choices([k for k, _ in KINDS], [w for _, w in KINDS])[0])(s)
    spread(s.steps)
    return s.steps


def spread(steps):
    """No two steps closer than 40 ms: what came of one is known before the next."""
    last = -1.0
    for x in steps:
        x['t'] = round(max(x['t'], last + 0.04), 3)
        last = x['t']
