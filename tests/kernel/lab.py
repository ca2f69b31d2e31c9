# SPDX-License-Identifier: BSD-2-Clause
"""Laboratories: Linux NATs in network namespaces, played by raw frames.

A lab is one namespace with a netfilter NAT or firewall between two virtual links, `lan` and `wan`. All labs
of a campaign share one more namespace that holds the far ends of the links; it has no addresses, so nothing
answers but the script. The namespaces have no names: they live as long as this process holds them open, so
even a killed run leaves nothing behind.

Many scripts run in one lab at the same time. Each owns a slot, that is its own client and server addresses;
a netfilter tuple holds the server's address, so scripts of different slots never meet, though they share the
NAT's external address.
"""
import ctypes, errno, os, socket, struct, subprocess

CLONE_NEWNET = 0x40000000
ETH_P_ALL, PACKET_OUTGOING = 3, 4
SO_TIMESTAMPNS = 35  # asm-generic/socket.h
ETH_P = {4: 0x0800, 6: 0x86DD}
FAMILY = {4: socket.AF_INET, 6: socket.AF_INET6}
NETLINK_NETFILTER = 12

_libc = ctypes.CDLL(None, use_errno=True)

NAT_OUTSIDE, NAT_INSIDE = '198.18.0.1', '10.255.0.1'
OWN = {'NAT': NAT_OUTSIDE, 'NATL': NAT_INSIDE, 'NAT2': '198.18.0.3'}
OWN6 = {'NAT': '2001:db8::1', 'NATL': 'fd00::1', 'NAT2': '2001:db8::3'}
OURS = {*OWN.values(), *OWN6.values()}
SLOTS = 250
PROTO = {'icmp': 1, 'tcp': 6, 'udp': 17}
FLAG = {'F': 1, 'S': 2, 'R': 4, 'P': 8, 'A': 16, 'U': 32}
TCP_STATE = ['NONE', 'SYN_SENT', 'SYN_RECV', 'ESTABLISHED', 'FIN_WAIT', 'CLOSE_WAIT', 'LAST_ACK', 'TIME_WAIT', 'CLOSE', 'SYN_SENT2']
IPS_SEEN_REPLY, IPS_ASSURED = 2, 4
CLASS_OF_DSCP = {1: 'new', 2: 'established', 3: 'related', 4: 'invalid', 5: 'untracked'}


class Unavailable(Exception):
    """Namespaces, nft or raw sockets cannot be had here."""


def protocol(name):
    return PROTO[name] if name in PROTO else int(name)


# ------------------------------------------------------------------ names and addresses

def address(name, slot, version=4):
    """The address that a script's name (C1 S2 X NAT ...) has in a slot of a lab."""
    if name in OWN:
        return (OWN6 if version == 6 else OWN)[name]
    host = {'C': 0, 'S': 10, 'X': 20}[name[0]] + int(name[1:] or 0) + 1
    if version == 6:
        return ('fd00:0:0:%x::%x' if name[0] == 'C' else '2001:db8:0:%x::%x') % (slot + 1, host)
    return ('10.64.%d.%d' if name[0] == 'C' else '198.18.%d.%d') % (slot + 1, host)


def name_of(addr):
    """The inverse of address."""
    for name in OWN:
        if addr in (OWN[name], OWN6[name]):
            return name
    net, host = addr.rsplit('::' if ':' in addr else '.', 1)
    h = int(host, 16 if ':' in addr else 10) - 1
    if net.startswith(('10.64.', 'fd00:')):
        return 'C%d' % h
    return 'S%d' % (h - 10) if h < 20 else 'X%s' % (h - 20 or '')


# ------------------------------------------------------------------ packets

def checksum(data):
    if len(data) & 1:
        data += b'\0'
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


# Numbers of ICMPv6 and those of ICMP that mean the same; scripts know the latter only
ICMP6 = {(1, 0): (3, 0), (1, 3): (3, 1), (1, 4): (3, 3), (1, 5): (3, 5), (1, 1): (3, 13), (2, 0): (3, 4), (3, 0): (11, 0), (4, 0): (12, 0), (128, 0): (8, 0), (129, 0): (0, 0)}
ICMP4 = {four: six for six, four in ICMP6.items()}


def packed(addr):
    return socket.inet_pton(socket.AF_INET6 if ':' in addr else socket.AF_INET, addr)


def ip_packet(src, dst, proto, payload, ident, ttl=64):
    """The packet; ident is its identification, in IPv6 its flow label."""
    if ':' in src:
        return struct.pack('!IHBB', 6 << 28 | ident, len(payload), 58 if proto == 1 else proto, ttl) + packed(src) + packed(dst) + payload
    head = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 20 + len(payload), ident, 0, ttl, proto, 0, socket.inet_aton(src), socket.inet_aton(dst))
    return head[:10] + struct.pack('!H', checksum(head)) + head[12:] + payload


def with_checksum(segment, at, src, dst, proto, bad):
    """Segment with its checksum at offset `at`; over the pseudo header when src is given."""
    pseudo = packed(src) + packed(dst) + struct.pack('!II' if ':' in src else '!HH', len(segment), proto) if src else b''
    c = checksum(pseudo + segment)
    if bad:
        c ^= 0x5555
    return segment[:at] + struct.pack('!H', c or 0xFFFF) + segment[at + 2:]


def segment(p, src, dst):
    """Layer 4 bytes of packet p (a dict as in a step) between resolved (address, port) pairs."""
    data = b'x' * p.get('len', 0)
    bad = p.get('csum') == 'bad'
    proto = p['proto']
    if proto == 'udp':
        return with_checksum(struct.pack('!HHHH', src[1], dst[1], 8 + len(data), 0) + data, 6, src[0], dst[0], 17, bad)
    if proto == 'tcp':
        # a SYN always carries the MSS option, as all real ones do
        opt = struct.pack('!BBH', 2, 4, 1460) if 'S' in p['flags'] else b''
        opt += b'' if p.get('wscale') is None else struct.pack('!BBBB', 1, 3, 3, p['wscale'])
        flags = sum(FLAG[c] for c in p['flags'])
        head = struct.pack('!HHIIBBHHH', src[1], dst[1], p['seq'], p.get('ack', 0), (5 + len(opt) // 4) << 4, flags, p['win'], 0, 0)
        return with_checksum(head + opt + data, 16, src[0], dst[0], 6, bad)
    if proto == 'icmp':
        six = ':' in src[0]
        kind, code = ICMP4[tuple(p['type'])] if six else p['type']
        body = struct.pack('!BBHI', kind, code, 0, 0) + p['quoted'] if 'quoted' in p else struct.pack('!BBHHH', kind, code, 0, p['id'], 1) + data
        return with_checksum(body, 2, *((src[0], dst[0], 58) if six else (None, None, 1)), bad)
    return b'\0\0\x08\0' + data if proto == '47' else data  # GRE of version 0, without options


def ip_header(data):
    """(version, source, destination, protocol, identification, DSCP, what follows) of an IP packet, or None."""
    if len(data) >= 20 and data[0] >> 4 == 4:
        return 4, socket.inet_ntoa(data[12:16]), socket.inet_ntoa(data[16:20]), data[9], struct.unpack('!H', data[4:6])[0], data[1] >> 2, data[(data[0] & 15) * 4:]
    if len(data) >= 40 and data[0] >> 4 == 6:
        word = struct.unpack('!I', data[:4])[0]
        src, dst = (socket.inet_ntop(socket.AF_INET6, data[i:i + 16]) for i in (8, 24))
        return 6, src, dst, 1 if data[6] == 58 else data[6], word & 0xFFFFF, word >> 22 & 63, data[40:]
    return None


def parse(frame):
    """What the comparison needs of a captured packet, None when it is something else."""
    head = ip_header(frame)
    if not head:
        return None
    version, src, dst, proto, ident, dscp, l4 = head
    out = {'ident': ident, 'proto': proto, 'class': CLASS_OF_DSCP.get(dscp), 'src': (src, 0), 'dst': (dst, 0)}
    if proto in (6, 17) and len(l4) >= 8:
        sport, dport = struct.unpack('!HH', l4[:4])
        out['src'], out['dst'] = (src, sport), (dst, dport)
        out['rst'] = proto == 6 and len(l4) >= 14 and bool(l4[13] & FLAG['R'])
    elif proto == 1 and len(l4) >= 8:
        out['type'], out['code'] = ICMP6.get((l4[0], l4[1]), (None, None)) if version == 6 else (l4[0], l4[1])
        out['id'] = struct.unpack('!H', l4[4:6])[0]
        inner = ip_header(l4[8:]) if out['type'] in (3, 4, 5, 11, 12) else None
        if inner and len(inner[6]) >= 8:
            sport, dport = struct.unpack('!HH', inner[6][:4]) if inner[3] in (6, 17) else (0, 0)
            out['quoted'] = ((inner[1], sport), (inner[2], dport))
    return out


# ------------------------------------------------------------------ conntrack over netlink

def _attr(kind, payload):
    n = 4 + len(payload)
    return struct.pack('=HH', n, kind) + payload + b'\0' * (-n % 4)


def _nest(kind, *parts):
    return _attr(kind | 0x8000, b''.join(parts))


def _attrs(data):
    out, at = {}, 0
    while at + 4 <= len(data):
        n, kind = struct.unpack_from('=HH', data, at)
        if n < 4:
            break
        out[kind & 0x3FFF] = data[at + 4:at + n]
        at += n + (-n % 4)
    return out


def _tuple_attr(t):
    proto, src, dst, _ = t
    six = ':' in src[0]
    ip = _nest(1, _attr(3 if six else 1, packed(src[0])), _attr(4 if six else 2, packed(dst[0])))
    l4 = [_attr(1, bytes([58 if six and proto == 1 else proto]))]
    if proto == 1 and six:
        l4 += [_attr(7, struct.pack('!H', src[1])), _attr(8, bytes([ICMP4[dst[1], 0][0]])), _attr(9, b'\0')]
    elif proto == 1:
        l4 += [_attr(4, struct.pack('!H', src[1])), _attr(5, bytes([dst[1]])), _attr(6, b'\0')]
    elif proto in (6, 17, 47):  # GRE: keys in the place of ports, 0 without PPTP
        l4 += [_attr(2, struct.pack('!H', src[1])), _attr(3, struct.pack('!H', dst[1]))]
    return _nest(1, ip, _nest(2, *l4)) + _attr(18, struct.pack('!H', t[3]))


def _read_tuple(data, zone):
    """zone: of the whole entry, None where its two directions differ."""
    a = _attrs(data)
    zone = struct.unpack('!H', zone or a.get(3, b'\0\0'))[0]
    ip, l4 = _attrs(a[1]), _attrs(a[2])
    proto = l4[1][0]
    src, dst = (socket.inet_ntop(FAMILY[6], ip[k + 2]) if k + 2 in ip else socket.inet_ntoa(ip[k]) for k in (1, 2))
    if proto == 58:
        return (1, (src, struct.unpack('!H', l4[7])[0]), (dst, ICMP6[l4[8][0], 0][0]), zone)
    sport = struct.unpack('!H', l4[4] if proto == 1 else l4.get(2, b'\0\0'))[0]
    dport = l4[5][0] if proto == 1 else struct.unpack('!H', l4.get(3, b'\0\0'))[0]
    return (proto, (src, sport), (dst, dport), zone)


class Conntrack:
    """Reads single entries of one namespace's table. A tuple is (protocol, (address, port), (address, port), zone);
    for ICMP echo the source port is the identifier and the destination port the type."""

    def __init__(self, version=4):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
        self.seq, self.family = 0, FAMILY[version]

    def _ask(self, message, flags, payload):
        """Send one ctnetlink request; its (first) answer."""
        self.seq += 1
        body = struct.pack('!BBH', self.family, 0, 0) + payload
        self.sock.send(struct.pack('=IHHII', 16 + len(body), (1 << 8) | message, flags, self.seq, 0) + body)
        return self.sock.recv(65536)

    def flush(self):
        """Forget all entries of the namespace."""
        self._done(self._ask(2, 5, b''))

    def delete(self, t):
        """Forget the entry that t opened."""
        self._done(self._ask(2, 5, _tuple_attr(t)))

    def _done(self, answer):
        code = -struct.unpack_from('=i', answer, 16)[0]
        if code:
            raise OSError(code, 'conntrack netlink: ' + os.strerror(code))

    def get(self, t):
        """The live entry that has tuple t in either direction, or None. Looking does not touch its timer."""
        answer = self._ask(1, 1, _tuple_attr(t))
        kind = struct.unpack_from('=H', answer, 4)[0]
        if kind == 2:
            code = -struct.unpack_from('=i', answer, 16)[0]
            if code == errno.ENOENT:
                return None
            raise OSError(code, 'conntrack netlink: ' + os.strerror(code))
        a = _attrs(answer[20:struct.unpack_from('=I', answer, 0)[0]])
        orig = _read_tuple(a[1], a.get(18))
        status = struct.unpack('!I', a[3])[0]
        assured, replied = bool(status & IPS_ASSURED), bool(status & IPS_SEEN_REPLY)
        if orig[0] == 6:
            state = TCP_STATE[_attrs(_attrs(a[4])[1])[1][0]]
        else:
            state = 'REPLIED' if replied else 'UNREPLIED'
        return {'orig': orig, 'reply': _read_tuple(a[2], a.get(18)), 'state': state, 'assured': assured, 'left': struct.unpack('!I', a[7])[0]}


# ------------------------------------------------------------------ namespaces

def _enter(fd):
    if _libc.setns(fd, CLONE_NEWNET) != 0:
        raise Unavailable('setns: ' + os.strerror(ctypes.get_errno()))


def _new_namespace():
    """A fresh network namespace, entered; returns its descriptor."""
    if _libc.unshare(CLONE_NEWNET) != 0:
        raise Unavailable('network namespaces: ' + os.strerror(ctypes.get_errno()))
    return os.open('/proc/thread-self/ns/net', os.O_RDONLY)


def _sh(cmd, text=None):
    try:
        r = subprocess.run(cmd, shell=isinstance(cmd, str), input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    except FileNotFoundError:
        raise Unavailable('no program ' + cmd[0])
    if r.returncode:
        raise Unavailable('%s: %s' % (cmd if isinstance(cmd, str) else ' '.join(cmd), r.stdout.strip().split('\n')[-1]))
    return r.stdout


def _sysctl(path, value):
    try:
        with open('/proc/sys/net/' + path, 'w') as f:
            f.write(str(value))
    except OSError as e:
        raise Unavailable('sysctl %s: %s' % (path, e.strerror))



def _mac_by_ip(interface):
    text = _sh('ip -o link show dev ' + interface)
    return bytes.fromhex(text.split('link/ether ')[1].split()[0].replace(':', ''))


def rejects(env):
    """The last rules of a chain: what a packet that nothing accepted gets for an answer."""
    if not env.get('reject'):
        return []
    return (['meta l4proto tcp reject with tcp reset'] if env['reject'] == 'rst' else []) + ['reject']


def limits(env, ip):
    """What a limit on a host's sessions needs."""
    if not env.get('limit'):
        return []
    return ['set busy { type %s; flags dynamic; size 65535; }' % ('ipv6_addr' if ip == 'ip6' else 'ipv4_addr'), 'chain refused {'] + rejects(env) + ['drop', '}']


def matches(words, ip):
    """What a natnap rule fits, as nft says it. Lengths are those of IPv4, whose header is 20 bytes shorter."""
    out, words = [], list(words)
    while words:
        w = words.pop(0)
        if w in ('inside', 'outside'):
            out.append('iifname "%s"' % {'inside': 'lan', 'outside': 'wan'}[w])
        elif w in ('sport', 'dport'):
            out.append('th %s %s' % (w, words.pop(0)))
        elif w == 'len':
            lo, hi = (min(int(x) + 20 * (ip == 'ip6'), 65535) for x in words.pop(0).split('-'))
            out.append('meta length %d-%d' % (lo, hi))
        else:
            out.append('meta l4proto ' + ('icmpv6' if (w, ip) == ('icmp', 'ip6') else w))
    return ' '.join(out)


def rules(env, which, ip):
    """The lines of the environment's rules, which: raw or after."""
    lines = []
    for rule in env.get(which, ()):
        action, *words = rule.split(' ')
        fits = matches(words[1:] if action.endswith('zone') else words, ip)
        if action.endswith('zone'):
            role = {'opener-zone': 'original ', 'answerer-zone': 'reply ', 'zone': ''}[action]
            lines.append('%s ct %szone set %s accept' % (fits, role, words[0]))
        elif action != 'reject':  # what goes untracked is put into no zone after that
            lines.append(fits + ' ' + action + (' accept' if action == 'notrack' else ''))
        elif not env.get('reject'):
            lines.append(fits + ' drop')
        else:
            lines += [fits + ' meta l4proto tcp reject with tcp reset'] if env['reject'] == 'rst' else []
            lines.append(fits + ' reject')
    return lines


def zones(env, side, packet, src, dst):
    """The zones that the rules before tracking put a packet in: as one of who opens, as one of who answers."""
    size = {'udp': 28, 'icmp': 28}.get(packet['proto'], 40) + packet.get('len', 0)
    number = {**{k: str(v) for k, v in PROTO.items()}, '47': '47'}
    ports = packet['proto'] in ('udp', 'tcp')
    for rule in env.get('raw', ()):
        action, *words = rule.split(' ')
        zone = int(words.pop(0)) if action.endswith('zone') else 0
        within = lambda n, span: int(span.split('-')[0]) <= n <= int(span.split('-')[-1])
        fits = True
        while words and fits:
            w = words.pop(0)
            if w in ('inside', 'outside'):
                fits = side == w
            elif w in ('sport', 'dport'):
                fits = ports and within((src if w == 'sport' else dst)[1], words.pop(0))
            elif w == 'len':
                fits = within(size, words.pop(0))
            else:
                fits = number.get(packet['proto'], packet['proto']) == number.get(w, w)
        if fits:
            return (0 if action == 'answerer-zone' else zone, 0 if action == 'opener-zone' else zone)
    return 0, 0


def ruleset(env):
    """nft rules of an environment. The tracker's class leaves in the DSCP field of every packet that passes."""
    ip = 'ip6' if env.get('version') == 6 else 'ip'
    lines = ['table %s lab {' % ip]
    for n, (proto, port, first, second) in enumerate(env.get('port_timers', ())):
        names = ('unreplied', 'replied') if proto == 'udp' else ('syn_sent', 'established')
        lines.append('ct timeout t%d { protocol %s; l3proto %s; policy = { %s : %d, %s : %d }; }' % (n, proto, ip, names[0], first, names[1], second))
    if env.get('port_timers'):
        lines.append('chain timers { type filter hook prerouting priority -95; policy accept;')
        lines += ['%s dport %d ct timeout set "t%d"' % (proto, port, n) for n, (proto, port, _, _) in enumerate(env['port_timers'])] + ['}']
    if env.get('forwards'):
        lines.append('chain dnats { type nat hook prerouting priority -100; policy accept;')
        for proto, port, client, to in env['forwards']:
            nets = ('2001:db8:0:%x::/64', 'fd00:0:0:%x::/64') if ip == 'ip6' else ('198.18.%d.0/24', '10.64.%d.0/24')
            slots = ', '.join((net + ' : %s . %d') % (slot + 1, address(client, slot, 6 if ip == 'ip6' else 4), to)
                              for slot in range(SLOTS) for net in nets[:2 if env['hairpin'] else 1])
            there = 'fib daddr type local %s daddr != %s' % (ip, address('NATL', 0, 6 if ip == 'ip6' else 4)) if env.get('follows') else '%s daddr %s' % (ip, address('NAT', 0, 6 if ip == 'ip6' else 4))
            lines.append('{1} {2} dport {3} dnat {0} to {0} saddr map {{ {4} }}'.format(ip, there, proto, port, slots))
        lines.append('}')
    if env.get('raw'):
        lines += ['chain raw { type filter hook prerouting priority -300; policy accept;'] + rules(env, 'raw', ip) + ['}']
    # IPv6 has no header checksum to make up for the mark, so that the host itself would call the packet damaged
    lines += ['chain tag { type filter hook %s; policy accept;' % ('forward priority -10' if ip == 'ip6' else 'prerouting priority -90')]
    lines += ['ct state %s %s dscp set %d' % (name, ip, code) for code, name in CLASS_OF_DSCP.items()]
    lines += ['}'] + limits(env, ip) + ['chain forw { type filter hook forward priority 0; policy %s;' % ('accept' if env['forward'] == 'open' else 'drop')]
    lines += rules(env, 'after', ip)
    if env.get('on_miss'):
        lines.append('meta l4proto tcp tcp flags & (fin | syn | rst | ack) != syn ct state new ' + ('drop' if env['on_miss'] == 'drop' else 'reject with tcp reset'))
    if env['invalid'] == 'drop':
        lines.append('ct state invalid drop')
    if env.get('limit'):
        lines.append('iifname "lan" ct state new add @busy { %s saddr ct count over %d } goto refused' % (ip, env['limit']))
    if env['forward'] == 'stateful':
        lines += ['ct state established,related accept', 'iifname "lan" accept']
        if env.get('forwards'):
            lines.append('ct status dnat accept')
        lines += rejects(env)
    if env['forward'] == 'answers':
        lines += ['ct state established,related accept'] + rejects(env)
    lines += ['}', 'chain inpt { type filter hook input priority 0; policy %s;' % env['input']]
    lines += (['ct state invalid drop'] if env['invalid'] == 'drop' else []) + (rejects(env) if env['input'] == 'drop' else []) + ['}']
    if env['nat']:
        lines += ['chain postr { type nat hook postrouting priority 100; policy accept;']
        if env['nat'].startswith('masquerade to :'):
            lines += ['oifname "wan" meta l4proto { tcp, udp } ' + env['nat'], 'oifname "wan" masquerade', '}']
        else:
            lines += ['oifname "wan" ' + env['nat'], '}']
        if env.get('hairpin') == 'box':
            lines.insert(-1, 'oifname "lan" %s ct status dnat masquerade' % ('ip6 saddr fd00::/16' if ip == 'ip6' else 'ip saddr 10.64.0.0/16'))
    return '\n'.join(lines + ['}', ''])


class Field:
    """The shared namespace of far ends, and the way home."""

    def __init__(self):
        if os.geteuid() != 0:
            raise Unavailable('not root')
        self.home = os.open('/proc/thread-self/ns/net', os.O_RDONLY)
        self.labs, self.made = [], 0
        try:
            self.fd = _new_namespace()
            for scope in ('all', 'default'):
                _sysctl('ipv6/conf/%s/disable_ipv6' % scope, 1)
        finally:
            _enter(self.home)

    def close(self):
        for lab in self.labs:
            lab.close()
        self.labs = []
        os.close(self.fd)
        os.close(self.home)


class Lab:
    """One NAT, its two links and the sockets on them. env: see generate.environment."""

    def __init__(self, field, env):
        self.field, self.env, self.ident = field, env, 0
        field.made += 1
        self.up = True  # the outside interface
        field.labs.append(self)
        self.socks, self.fd, self.version, self.outside = {}, None, env.get('version', 4), 'NAT'
        try:
            self._build(field.made)
        finally:
            _enter(field.home)

    def _build(self, n):
        self.fd = _new_namespace()
        far = '/proc/%d/fd/%d' % (os.getpid(), self.field.fd)
        for scope in ('all', 'default'):
            _sysctl('ipv6/conf/%s/disable_ipv6' % scope, int(self.version == 4))
            if self.version == 6:  # addresses outlive a link that is down, and are good at once when it comes up
                _sysctl('ipv6/conf/%s/keep_addr_on_down' % scope, 1)
                _sysctl('ipv6/conf/%s/accept_dad' % scope, 0)
            _sysctl('ipv4/conf/%s/rp_filter' % scope, 0)
            _sysctl('ipv4/conf/%s/send_redirects' % scope, 0)
        _sh('ip link add lan type veth peer name c%d netns %s && ip link add wan type veth peer name s%d netns %s' % (n, far, n, far))
        near = {'inside': _mac_by_ip('lan'), 'outside': _mac_by_ip('wan')}
        _enter(self.field.fd)
        ends = {'inside': 'c%d' % n, 'outside': 's%d' % n}
        far_mac = {}
        for side, interface in ends.items():
            _sh('ip link set %s arp off up' % interface)
            far_mac[side] = _mac_by_ip(interface)
            s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
            s.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)  # when the kernel saw a packet come out, not when this process got to it
            s.bind((interface, ETH_P_ALL))
            s.setblocking(False)
            self.socks[side] = s
        self.header = {side: near[side] + far_mac[side] + struct.pack('!H', ETH_P[self.version]) for side in ends}
        _enter(self.fd)
        _sysctl('ipv4/ip_forward', 1)
        _sysctl('ipv4/icmp_ratelimit', 0)
        self.number(far_mac)
        for key, value in self.env['sysctls'].items():
            _sysctl('netfilter/nf_conntrack_' + key.replace('icmp', 'icmpv6' if self.version == 6 else 'icmp'), value)
        _sh(['nft', '-f', '-'], ruleset(self.env))
        self.conntrack = Conntrack(self.version)

    def number(self, far_mac):
        """Addresses, neighbours and routes."""
        self.mac = mac = {side: ':'.join('%02x' % b for b in m) for side, m in far_mac.items()}
        _sh('ip link set lo up; ip link set lan up; ip link set wan up')
        if self.version == 4:
            _sh('ip addr add %s/32 dev lan; ip addr add %s/32 dev wan' % (NAT_INSIDE, NAT_OUTSIDE))
        else:
            for key in ('ipv6/conf/all/forwarding', 'ipv6/icmp/ratelimit'):
                _sysctl(key, int('forwarding' in key))
            _sh('ip addr add fe80::1/64 dev lan nodad; ip addr add fe80::2/64 dev wan nodad; ip addr add fd00::1/128 dev lan nodad; ip addr add 2001:db8::1/128 dev wan nodad')
        self.route('lan', 'inside')
        self.route('wan', 'outside')

    def route(self, interface, side):
        """The way to all hosts of a side; an interface that was down has forgotten it."""
        gateway, net = {(4, 'lan'): ('10.255.0.2', '10.0.0.0/8'), (4, 'wan'): ('198.18.0.2', '198.18.0.0/15'),
                        (6, 'lan'): ('fe80::ffff:1', 'fd00::/16'), (6, 'wan'): ('fe80::ffff:2', '2001:db8::/32')}[self.version, interface]
        _sh('ip neigh replace {1} lladdr {3} nud permanent dev {0}; ip -{4} route replace {2} via {1} dev {0} onlink'.format(
            interface, gateway, net, self.mac[side], self.version))

    def link(self, do):
        """The outside interface goes down, comes up, or changes its address."""
        _enter(self.fd)
        try:
            if do == 'address':
                old, self.outside = self.outside, 'NAT2' if self.outside == 'NAT' else 'NAT'
                bits = '/128' if self.version == 6 else '/32'
                new, old = address(self.outside, 0, self.version) + bits, address(old, 0, self.version) + bits
                _sh('ip addr add %s dev wan%s; ip addr del %s dev wan' % (new, ' nodad' if self.version == 6 else '', old))
            else:
                _sh('ip link set wan ' + do)
                self.up = do == 'up'
            if do == 'up':
                self.route('wan', 'outside')
        finally:
            _enter(self.field.home)

    def close(self):
        for s in self.socks.values():
            s.close()
        self.conntrack.sock.close()
        if self.fd is not None:
            os.close(self.fd)

    def sibling(self):
        """Another lab of the same environment, the caller's to discard."""
        return Lab(self.field, self.env)

    def discard(self):
        self.field.labs.remove(self)
        self.close()

    def rules(self, env):
        """Other rules, in one go; what the tracker has stays."""
        table = 'table %s lab' % ('ip6' if self.version == 6 else 'ip')
        _enter(self.fd)
        try:
            _sh(['nft', '-f', '-'], 'delete %s\n%s' % (table, ruleset(env)))
        finally:
            _enter(self.field.home)

    def sysctl(self, key, value):
        _enter(self.fd)
        try:
            _sysctl('netfilter/nf_conntrack_' + key.replace('icmp', 'icmpv6' if self.version == 6 else 'icmp'), value)
        finally:
            _enter(self.field.home)

    def send(self, side, packet, src, dst):
        """Inject one packet; returns its identification, by which it is recognised when it comes out; None when it could not be sent."""
        self.ident = self.ident % 65535 + 1
        raw = ip_packet(src[0], dst[0], protocol(packet['proto']), segment(packet, src, dst), self.ident, packet.get('ttl', 64))
        if side == 'outside' and not self.up:
            return None
        self.socks[side].send(self.header[side] + raw)
        return self.ident

    def receive(self):
        """All packets that came out since the last call, as (side, parsed packet)."""
        out = []
        for side, s in self.socks.items():
            while True:
                try:
                    frame, more, _, info = s.recvmsg(2048, 64)
                except BlockingIOError:
                    break
                if info[2] != PACKET_OUTGOING and frame[12:14] in (b'\x08\0', b'\x86\xdd'):
                    p = parse(frame[14:])
                    if p:
                        p['stamp'] = next((seconds + nano / 1e9 for _, kind, data in more if kind == SO_TIMESTAMPNS for seconds, nano in [struct.unpack('ll', data)]), 0.0)
                        out.append((side, p))
        return out
