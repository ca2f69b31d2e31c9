#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A full table: the kernel's early drop against natnap's.

Fills the real table of a namespace up to nf_conntrack_max (which only the initial namespace may change, so it is left
alone) with UDP flows of which a share is assured, lets newcomers come, and compares with natnap at the same fill and the
same sessions a bucket: how many newcomers find no victim, that no assured session dies, that the maximum holds. Prints TAP; skipped where namespaces cannot be made, or where the table is too large to be filled.
"""
import csv, io, json, os, socket, struct, subprocess, sys, tempfile, time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
NATNAP = os.environ.get('NATNAP', os.path.join(ROOT, 'natnap'))
LARGEST, NEWCOMERS, MODEL_SIZE = 300000, 4000, 8000
TIMERS = {'udp_timeout': 300, 'udp_timeout_stream': 600}
KEPT = 0.93  # share of assured sessions: e^-1.12 of the newcomers find nothing, by Poisson


def read(path):
    with open(path) as f:
        return f.read()


def statistics():
    lines = [x.split() for x in read('/proc/thread-self/net/stat/nf_conntrack').split('\n') if x]
    return {k: sum(int(row[i], 16) for row in lines[1:]) for i, k in enumerate(lines[0])}


class Flows:
    """Many UDP flows as raw frames, without checksums."""

    def __init__(self, one):
        self.lab = one
        ends = {side: (lab.address('C1', 0), lab.address('S1', 0)) for side in ('inside',)}
        self.client, self.server = (socket.inet_aton(x) for x in ends['inside'])
        self.nat = socket.inet_aton(lab.NAT_OUTSIDE)
        for s in one.socks.values():
            s.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 22)

    def frame(self, side, n):
        """Flow n: its first packet from inside, its answer from outside (the port is preserved)."""
        ours, theirs = 1024 + n % 60000, 10000 + n // 60000
        a, b = (self.client, self.server) if side == 'inside' else (self.server, self.nat)
        ports = (ours, theirs) if side == 'inside' else (theirs, ours)
        head = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 28, 1, 0, 64, 17, 0, a, b)
        return self.lab.header[side] + head[:10] + struct.pack('!H', lab.checksum(head)) + head[12:] + struct.pack('!HHHH', *ports, 8, 0)

    def send(self, side, numbers):
        s = self.lab.socks[side]
        for k, n in enumerate(numbers):
            frame = self.frame(side, n)
            while True:
                try:
                    s.send(frame)
                    break
                except (BlockingIOError, OSError):
                    time.sleep(0.0005)
            if k % 512 == 511:
                self.drain()
        time.sleep(0.2)
        self.drain()

    def drain(self):
        for s in self.lab.socks.values():
            try:
                while True:
                    s.recv(64)
            except BlockingIOError:
                pass


def on_kernel(field):
    """-> what the kernel did, and (maximum, buckets)."""
    one = lab.Lab(field, {'nat': 'masquerade', 'forward': 'stateful', 'invalid': 'pass', 'input': 'drop', 'sysctls': TIMERS})
    lab._enter(one.fd)
    try:
        size = int(read('/proc/sys/net/netfilter/nf_conntrack_max'))
        buckets = int(read('/proc/sys/net/netfilter/nf_conntrack_buckets'))
        if size > LARGEST:
            raise lab.Unavailable('a table of %d is too large to fill' % size)
        count = lambda: int(read('/proc/sys/net/netfilter/nf_conntrack_count'))
        flows, kept = Flows(one), int(size * KEPT)
        began = time.monotonic()
        flows.send('inside', range(kept))
        flows.send('outside', range(kept))
        time.sleep(max(0, 2.2 - (time.monotonic() - began)))
        flows.send('inside', range(kept))  # older than 2 s and answered: assured
        flows.send('inside', range(kept, size + 200))
        before, full = statistics(), count()
        flows.send('inside', range(size + 200, size + 200 + NEWCOMERS))
        after, most = statistics(), count()
        conntrack = lab.Conntrack()
        alive = sum(one.conntrack.get((17, (lab.address('C1', 0), 1024 + n % 60000), (lab.address('S1', 0), 10000 + n // 60000), 0)) is not None
                    for n in range(0, kept, kept // 2000))
        return {'filled': full, 'most': most, 'ended': after['early_drop'] - before['early_drop'], 'refused': after['drop'] - before['drop'],
                'assured_alive': alive, 'assured_asked': len(range(0, kept, kept // 2000)), 'seconds': time.monotonic() - began}, (size, buckets)
    finally:
        lab._enter(field.home)


def on_natnap(buckets_a_session):
    kept = int(MODEL_SIZE * KEPT)
    rows, clock = [], [0.0]

    def row(side, n, step):
        clock[0] += step
        ours, theirs = '10.0.0.2:%d' % (1024 + n % 60000), '198.51.100.7:%d' % (10000 + n // 60000)
        a, b = (ours, theirs) if side == 'inside' else (theirs, ours.replace('10.0.0.2', '203.0.113.1'))
        rows.append('%.6f,%s,udp,%s,%s' % (clock[0], side, a, b))

    for side, numbers in (('inside', range(kept)), ('outside', range(kept))):
        for n in numbers:
            row(side, n, 0.00001)
    clock[0] += 3
    for n in range(kept):
        row('inside', n, 0.00001)
    for n in range(kept, MODEL_SIZE + 200 + NEWCOMERS):
        row('inside', n, 0.00001)
    with tempfile.TemporaryDirectory(prefix='natnap-full-') as d:
        with open(d + '/s.ini', 'w') as f:
            f.write('[scenario]\ntitle = full\nduration = 1h\nseed = 1\n[path]\nmiddleboxes = box\n[middlebox box]\nprofile = linux\ncapacity = %d\nhash-buckets = %d\n'
                    'udp = 300s\nudp-stream = 600s\n' % (MODEL_SIZE, round(MODEL_SIZE * buckets_a_session)))
        with open(d + '/p.csv', 'w') as f:
            f.write('time_s,side,proto,src,dst\n' + '\n'.join(rows) + '\n')
        r = subprocess.run([NATNAP, 'script', d + '/s.ini', d + '/p.csv', '--json'], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if r.returncode:
            raise RuntimeError(r.stderr)
        steps = json.loads(r.stdout)['steps']
    sessions = [int(s['sessions']) for s in steps]
    tail = steps[-NEWCOMERS:]
    passed = sum(s['verdict'] == 'pass' for s in tail)
    return {'filled': sessions[-NEWCOMERS - 1], 'most': max(sessions), 'refused': NEWCOMERS - passed, 'ended': sessions[-NEWCOMERS - 1] + passed - sessions[-1]}


def main():
    try:
        field = lab.Field()
        kernel, (size, buckets) = on_kernel(field)
    except lab.Unavailable as e:
        print('1..0 # SKIP no full table here: %s' % e)
        return 0
    model = on_natnap(buckets / size)
    share = lambda x: x['refused'] / NEWCOMERS
    print('# kernel %s: %d sessions, %d buckets, %.1f s' % (os.uname().release, size, buckets, kernel['seconds']))
    for name, x in (('kernel', kernel), ('natnap', model)):
        print('# %s: %d newcomers, %d sessions ended for them, %.1f %% find no victim' % (name, NEWCOMERS, x['ended'], 100 * share(x)))
    tests = ((kernel['most'] <= size and model['most'] <= MODEL_SIZE, 'neither table ever holds more than its maximum'),
             (kernel['filled'] > 0.99 * size, 'the kernel\'s table was full (%d of %d)' % (kernel['filled'], size)),
             (kernel['assured_alive'] == kernel['assured_asked'], 'no assured session dies (%d of %d asked for are there)' % (kernel['assured_alive'], kernel['assured_asked'])),
             (abs(share(kernel) - share(model)) < 0.05, 'newcomers without a victim: %.3f and %.3f' % (share(kernel), share(model))))
    for n, (good, what) in enumerate(tests, 1):
        print('%s %d - %s' % ('ok' if good else 'not ok', n, what))
    print('1..%d' % len(tests))
    field.close()
    return 0 if all(good for good, _ in tests) else 1


if __name__ == '__main__':
    sys.exit(main())
