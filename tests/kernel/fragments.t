#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Fragments and the size of packets: the same datagrams, piece by piece, through netfilter's NAT and through `natnap script`.

What leaves the NAT, by size, offset and identification, and the ICMP errors that come back must agree after every piece.
Prints TAP; skipped where namespaces cannot be had.
"""
import csv, ctypes, io, os, socket, struct, subprocess, sys, tempfile, time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import netns

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
NATNAP = os.path.abspath(os.environ.get('NATNAP', os.path.join(ROOT, 'natnap')))
MTU = 1400
QUIET = 0.06  # seconds after which nothing more comes of a packet
CLIENT_PORT, SERVER_PORT = 5000, 7000
COLUMNS = 'time_s,side,proto,src,dst,len,frag,ip_id,offset'.split(',')

# Each case is a list of pieces: (side, bytes behind the IP header, offset, more, identification, DF)
CASES = {
    'a whole packet that fits': [('inside', 108, 0, False, 1, False)],
    'one too large is cut': [('inside', 1480, 0, False, 2, False)],
    'one too large with DF is answered': [('inside', 1480, 0, False, 3, True)],
    'one with DF that just fits': [('inside', MTU - 20, 0, False, 4, True)],
    'in order': [('inside', 1376, 0, True, 5, False), ('inside', 1376, 1376, True, 5, False), ('inside', 200, 2752, False, 5, False)],
    'the first one last': [('inside', 200, 2752, False, 6, False), ('inside', 1376, 1376, True, 6, False), ('inside', 1376, 0, True, 6, False)],
    'pieces larger than the link': [('inside', 1480, 0, True, 7, False), ('inside', 520, 1480, False, 7, False)],
    'small pieces stay small': [('inside', 400, 0, True, 8, False), ('inside', 400, 400, True, 8, False), ('inside', 100, 800, False, 8, False)],
    'a repeated piece': [('inside', 400, 0, True, 9, False), ('inside', 400, 0, True, 9, False), ('inside', 100, 400, False, 9, False)],
    'a piece within what came': [('inside', 400, 0, True, 10, False), ('inside', 400, 400, True, 10, False),
                                 ('inside', 200, 304, True, 10, False), ('inside', 100, 800, False, 10, False)],
    'an overlap ends the datagram': [('inside', 400, 0, True, 11, False), ('inside', 400, 200, True, 11, False), ('inside', 100, 600, False, 11, False)],
    'two datagrams at once': [('inside', 400, 0, True, 12, False), ('inside', 400, 0, True, 13, False), ('inside', 100, 400, False, 12, False),
                              ('inside', 300, 400, False, 13, False)],
    'from outside': [('outside', 1376, 1376, True, 14, False), ('outside', 40, 2752, False, 14, False), ('outside', 1376, 0, True, 14, False)],
    'pieces with DF': [('outside', 1376, 0, True, 15, True), ('outside', 520, 1376, False, 15, True)],
    'pieces with DF, larger than the link': [('inside', 1480, 0, True, 16, True), ('inside', 520, 1480, False, 16, True)],
    'pieces with DF from inside': [('inside', 1376, 0, True, 17, True), ('inside', 520, 1376, False, 17, True)],
    'some pieces with DF': [('inside', 1376, 0, True, 18, True), ('inside', 520, 1376, False, 18, False)],
    'uneven pieces': [('inside', 400, 0, True, 19, False), ('inside', 1200, 400, True, 19, False), ('inside', 600, 1600, False, 19, False)],
    'the buffer fills, and nothing fits': [('outside', 1376, 0, True, 100 + i, False) for i in range(60)] + [
        ('outside', 1376, 0, True, 200, False), ('outside', 520, 1376, False, 200, False), ('outside', 520, 1376, False, 100, False),
        ('outside', 108, 0, False, 201, False)],
}

libc = ctypes.CDLL(None, use_errno=True)


def in_ns(name, make):
    """make() in another network namespace: its sockets stay there."""
    home, there = os.open('/proc/self/ns/net', os.O_RDONLY), os.open('/var/run/netns/' + name, os.O_RDONLY)
    try:
        if libc.setns(there, 0x40000000):
            raise netns.Unavailable('setns: %s' % os.strerror(ctypes.get_errno()))
        return make()
    finally:
        libc.setns(home, 0x40000000)
        os.close(home)
        os.close(there)


class End:
    def __init__(self, ns, device, port):
        def make():
            self.out = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
            self.tap = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
            self.tap.bind((device, 0x0800))
            self.taken = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)  # lest the host refuses what comes
            self.taken.bind(('', port))
        in_ns(ns, make)
        self.tap.setblocking(False)

    def heard(self):
        """What came in since the last time: 'SIZE@OFFSET/ID', or an ICMP error."""
        got = []
        while True:
            try:
                p, where = self.tap.recvfrom(65536)
            except BlockingIOError:
                return got
            size, ident, frag = struct.unpack('!HHH', p[2:8])
            if where[2] == socket.PACKET_OUTGOING:
                continue
            if p[9] == 17:
                got.append('%d@%d/%d' % (size, (frag & 0x1fff) * 8, ident))
            elif p[9] == 1 and p[20:22] == b'\3\4':
                got.append('icmp 3/4 mtu %d' % struct.unpack('!H', p[26:28]))


def packet(piece, src, dst):
    side, size, offset, more, ident, df = piece
    body = bytes(size)
    if offset == 0:
        total = 8 + size - 8 if not more else 65535 - 20  # a length that no check looks at before the whole is there
        body = struct.pack('!HHHH', src[1], dst[1], total, 0) + body[8:]
    frag = offset // 8 | (0x2000 if more else 0) | (0x4000 if df else 0)
    head = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 20 + size, ident, frag, 64, 17, 0, socket.inet_aton(src[0]), socket.inet_aton(dst[0]))
    return head + body


def with_length(pieces):
    """The UDP length of each datagram: the end of its last piece."""
    return {p[4]: p[1] + p[2] for p in pieces if not p[3]}


def kernel(pieces):
    """What comes of each piece, through a NAT of its own."""
    net = netns.Net({'udp': 60}, sysctls=('net.ipv4.ipfrag_time=30',))
    netns.run('ip', '-n', net.nat, 'link', 'set', net.device('o'), 'mtu', str(MTU))
    if len(pieces) > 50:  # as many datagrams as natnap's fragment-limit below
        net.sysctl('net.ipv4.ipfrag_low_thresh=1', 'net.ipv4.ipfrag_high_thresh=%d' % (40 * 2500))
    ends = {'inside': End(net.client, net.device('c'), CLIENT_PORT), 'outside': End(net.server, net.device('s'), SERVER_PORT)}
    addresses = {'inside': ((netns.CLIENT, CLIENT_PORT), (netns.SERVER, SERVER_PORT)), 'outside': ((netns.SERVER, SERVER_PORT), (netns.NAT_OUT, CLIENT_PORT))}
    lengths, results = with_length(pieces), []
    for piece in [('inside', 36, 0, False, 999, False)] + pieces:
        p = bytearray(packet(piece, *addresses[piece[0]]))
        if piece[2] == 0:
            p[24:26] = struct.pack('!H', lengths.get(piece[4], piece[1]))
        ends[piece[0]].out.sendto(bytes(p), (addresses[piece[0]][1][0], 0))
        time.sleep(QUIET if len(pieces) < 50 or piece[4] >= 200 or not piece[3] else 0.005)
        results.append(sorted_by_end(piece[0], ends))
    net.down()
    return results[1:]


def sorted_by_end(side, ends):
    back = ends[side].heard()
    return ends['outside' if side == 'inside' else 'inside'].heard() + [b for b in back if b.startswith('icmp')]


def natnap(pieces, folder):
    ini, steps = os.path.join(folder, 'box.ini'), os.path.join(folder, 'steps.csv')
    with open(ini, 'w') as f:
        f.write('[scenario]\ntitle = fragments\nduration = 1h\nseed = 1\n[path]\nmiddleboxes = box\n[middlebox box]\nprofile = linux\n'
                'addresses = %s\ninside-address = %s\nmtu = %d\nfragment-limit = %d\n' % (netns.NAT_OUT, netns.NAT_IN, MTU, 40 if len(pieces) > 50 else 4096))
    with open(steps, 'w', newline='') as f:
        w = csv.writer(f, lineterminator='\n')
        w.writerow(COLUMNS)
        for n, (side, size, offset, more, ident, df) in enumerate([('inside', 36, 0, False, 999, False)] + pieces):
            src, dst = ((netns.CLIENT, CLIENT_PORT), (netns.SERVER, SERVER_PORT)) if side == 'inside' else (
                (netns.SERVER, SERVER_PORT), (netns.NAT_OUT, CLIENT_PORT))
            words = ['%s:%d' % a if offset == 0 else a[0] for a in (src, dst)]
            frag = 'more' if more else 'last' if offset else 'df' if df else ''
            if df and frag != 'df':
                frag = 'df-' + frag
            w.writerow(['%.3f' % (n * 0.06), side, 'udp'] + words + [size - (0 if offset else 8), frag, ident, offset or ''])
    done = subprocess.run([NATNAP, 'script', ini, steps], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        return [done.stderr]
    results = []
    for row, piece in list(zip(csv.DictReader(io.StringIO(done.stdout)), [None] + pieces))[1:]:
        out = []
        if row['verdict'] == 'pass':
            out = (row['pieces'] or '%d@0' % (piece[1] + 20)).split()
            out = ['%s/%s' % (p, row['out_ip_id']) for p in out]
        elif row['verdict'] == 'icmp':
            out = [row['emitted'].partition(' inside')[0]]
        results.append(out)
    return results


def main():
    try:
        netns.available()
    except netns.Unavailable as why:
        print('1..0 # SKIP %s' % why)
        return 0
    failed = 0
    print('1..%d' % len(CASES))
    with tempfile.TemporaryDirectory() as folder:
        for n, (name, pieces) in enumerate(CASES.items()):
            live, model = kernel(pieces), natnap(pieces, folder)
            good = live == model
            failed += not good
            print('%s %d - %s' % ('ok' if good else 'not ok', n + 1, name))
            if not good:
                for i in range(max(len(live), len(model))):
                    a, b = (x[i] if i < len(x) else None for x in (live, model))
                    if a != b:
                        print('#   piece %d: netfilter %s, natnap %s' % (i + 1, a, b))
            sys.stdout.flush()
    return 1 if failed else 0


sys.exit(main())
