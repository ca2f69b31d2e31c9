# SPDX-License-Identifier: BSD-2-Clause
"""Plays many scripts at once on the kernel and records what became of each packet and of each conntrack entry.

One thread, one queue of due actions. The record of a script is a list in time order of
  ('step', index, t0, t1)              step sent, or done to the box, between t0 and t1 (seconds of the script's own clock)
  ('entry', t0, t1, tuple, entry)      what the table held for the tuple (Conntrack.get)
and for each step a dict: sent (False when it had nothing to refer to), src and dst as sent, key (the tuple of the
entry that the packet belongs to), entry (that one, None when there was none), out (side and parsed packet as it came
out, None when it did not).
"""
import heapq, itertools, select, time

import generate
import lab as laboratory

SAMPLE = 0.11      # between two looks at an entry's timer
SAMPLE_SPAN = 1.15 # looking this long after a packet crosses one whole second, which fixes the timer to SAMPLE
TAIL = 1.3         # looking after the last packet
LATE = 0.01        # the box passes a packet in microseconds; so much later, and softirqs had to wait for other work of the machine


class Playing:
    """One script in one slot of a lab."""

    def __init__(self, lab, slot, steps):
        self.lab, self.slot, self.steps = lab, slot, steps
        self.log, self.results = [], [dict(sent=False, out=None) for _ in steps]
        self.front = {}    # (src, dst) -> the external address by which that peer knows a port forward
        self.mapped = {}   # (proto, flow) -> external endpoint last seen, with the index of its step
        self.keys = []     # tuples of entries to look at
        self.key = None    # that of the latest packet
        self.awaiting = (None, None, None) # the latest packet, as sent: what answers it came from the box itself
        self.start = 0.0
        self.rules = lab.env # as they are now
        self.by_number = {step['n']: i for i, step in enumerate(steps)}
        self.stalls = []   # when packets waited before the box: no time of one is known to better than that

    def clock(self):
        return time.monotonic() - self.start

    def at(self, endpoint):
        return (laboratory.address(endpoint[0], self.slot, self.lab.version), endpoint[1])

    # --- sending

    def resolve(self, step):
        """-> packet to send, src, dst with real addresses, or None when what it refers to did not come out."""
        packet = dict(step)
        if 'quotes' in step:
            return self.resolve_error(step, packet)
        src = self.at(step['src'])
        if step.get('dst') is not None:
            return packet, src, self.at(self.fronted(step))
        via = tuple(step['via'])
        known = self.mapped.get((step['proto'], via))
        if known:
            dst = known
        elif via[2] == 'NAT':  # through a port forward, perhaps turned back under the box' inside address
            dst = (laboratory.address('NATL', 0, self.lab.version), via[1]) if via[0][0] == 'C' and self.lab.env['hairpin'] == 'box' else self.at(via[:2])
        elif self.lab.env['nat']:
            dst = (laboratory.address(self.lab.outside, 0, self.lab.version), via[1])
        else:
            dst = self.at(via[:2])
        if step['proto'] == 'icmp' and step['type'][0] == 0:
            packet['id'] = dst[1]
        return packet, src, dst

    def fronted(self, step):
        """The destination; of a port forward that goes with the box' address, the one of old or, every fourth time, of now."""
        if step['dst'][0] != 'NAT' or not self.lab.env.get('follows'):
            return step['dst']
        flow = (step['proto'], *step['src'], *step['dst'])
        if step['n'] % 4 == 0 or flow not in self.front:
            self.front[flow] = self.lab.outside
        return (self.front[flow], step['dst'][1])

    def resolve_error(self, step, packet):
        i = self.by_number.get(step['quotes'])
        out = self.results[i]['out'] if i is not None else None
        if out is None or out[0] != step['side']:
            return None
        seen, about = out[1], self.steps[i]
        inner = dict(about)
        src, dst = seen['src'], seen['dst']
        if about['proto'] == 'icmp':
            inner['id'] = seen['id']
        body = laboratory.segment({**inner, 'csum': 'ok'}, src, dst)
        packet['quoted'] = laboratory.ip_packet(src[0], dst[0], laboratory.protocol(about['proto']), body, 7, 63)[:68].ljust(48, b'\0')
        return packet, self.at(step['src']), (src[0], 0)

    def tuple_of(self, packet, src, dst):
        """The tuples by which the tracker looks the packet up: as one of who opened, then as one of who answers. Their zones may differ."""
        if 'quoted' in packet:
            return None, None
        opener, answerer = laboratory.zones(self.lab.env, packet['side'], packet, src, dst)
        n = laboratory.protocol(packet['proto'])
        if packet['proto'] == 'icmp':
            src, dst = (src[0], packet['id']), (dst[0], packet['type'][0])
        elif n not in (6, 17):
            src, dst = (src[0], 0), (dst[0], 0)
        return (n, src, dst, opener), (n, src, dst, answerer)

    def meddle(self, i):
        """What is no packet. result: of, the latest step that the deleted entry was seen at."""
        step, result = self.steps[i], self.results[i]
        if step['do'] == 'delete':
            at = self.by_number.get(step['of'])
            key = self.results[at].get('key') if at is not None else None
            entry = self.lab.conntrack.get(key) if key else None
            seen = [k for k in range(i) if entry and self.results[k].get('entry') and self.results[k]['key'] == entry['orig']]
            if not seen:
                return
            key, result['of'] = entry['orig'], seen[-1]
        t0 = self.clock()
        if step['do'] == 'delete':
            self.lab.conntrack.delete(key)
        elif step['do'] == 'flush':
            self.lab.conntrack.flush()
        elif step['do'] == 'sysctl':
            self.lab.sysctl(step['key'], step['value'])
        elif step['do'] == 'rules':
            self.rules = {**self.rules, step['key']: step['value']}
            self.lab.rules(self.rules)
        else:
            self.lab.link(step['do'])
        result.update(sent=True, key=key if step['do'] == 'delete' else None, entry=None, address=self.lab.outside)
        self.log.append(('step', i, t0, self.clock()))
        for key in self.keys:
            self.look(key)

    def send(self, i):
        step, result = self.steps[i], self.results[i]
        if 'do' in step:
            return self.meddle(i)
        resolved = self.resolve(step)
        if resolved is None:
            return None
        packet, src, dst = resolved
        if step.get('known') and not self.find(*self.tuple_of(packet, src, dst))[0]:
            return None
        ports = packet['proto'] in ('tcp', 'udp')
        self.awaiting = (i, src if ports else (src[0], 0), dst if ports else (dst[0], 0))
        for key in self.keys:
            self.look(key)
        t0 = self.clock()
        ident = self.lab.send(step['side'], packet, src, dst)
        t1 = self.clock()
        if ident is None:
            return None
        self.log.append(('step', i, t0, t1))
        result.update(sent=True, src=src, dst=dst, id=packet.get('id'), key=None, entry=None, at=t1, stamp=time.time())
        t, answer = self.tuple_of(packet, src, dst)
        if t:
            entry, result['unclear'] = self.find(t, answer)
            key = entry['orig'] if entry else t
            result['key'] = self.key = key
            result['entry'], result['answer_key'] = entry, answer
            self.log.append(('entry', t1, self.clock(), key, entry))
            if key not in self.keys:
                self.keys.append(key)
        for key in self.keys:
            if key != self.key:
                self.look(key)
        return ident

    # --- looking

    def find(self, opener, answerer):
        """
        The entry whose opener, or else whose answerer, sends such packets; and whether it is unclear that there is none, as another
        zone's stands where the kernel looks first when it is asked.
        """
        first = self.lab.conntrack.get(opener)
        if first and first['orig'] == opener:
            return first, False
        second = first if opener == answerer else self.lab.conntrack.get(answerer)
        if second and second['reply'] == answerer:
            return second, False
        return None, bool(first or second)

    def look(self, t):
        t0 = self.clock()
        self.log.append(('entry', t0, self.clock(), t, self.lab.conntrack.get(t)))

    def answered(self, p):
        """Is p, which nobody of ours sent, the box's answer to the latest packet? A RST or an ICMP error."""
        i, src, dst = self.awaiting
        if i is None or 'answer' in self.results[i]:
            return False
        if p.get('rst') and (p['src'], p['dst']) == (dst, src):
            self.results[i]['answer'] = 'rst'
        elif p.get('quoted') and p['dst'][0] == src[0] and p['quoted'] == (src, dst):
            self.results[i]['answer'] = 'icmp %d/%d' % (p['type'], p['code'])
        else:
            return False
        return True

    def came_out(self, i, side, p):
        step, result = self.steps[i], self.results[i]
        if p['proto'] != laboratory.protocol(step['proto']) or result['out']:
            return
        if 'quotes' not in step and p.get('quoted'):
            return  # the box's own error, its random identification equal by chance
        result['out'] = (side, p)
        late = p['stamp'] - result['stamp']
        if late > LATE:
            self.stalls += [self.start + result['at'], self.start + result['at'] + late]
        if step.get('dst') and 'quotes' not in step:
            port = p.get('id', p['src'][1])
            flow = (step['src'][0], step['id'] if step['proto'] == 'icmp' else step['src'][1], step['dst'][0], 8 if step['proto'] == 'icmp' else step['dst'][1])
            if p['src'][0] in laboratory.OURS or not self.lab.env['nat'] or (step['dst'][0] == 'NAT' and side == 'inside'):
                self.mapped[(step['proto'], flow)] = (p['src'][0], port)


def play(jobs, stagger=0.02):
    """
    Play jobs, a list of (lab, steps); returns a list of finished Playing in the same order. A script that needs a lab
    of its own gets one.
    """
    own = []
    for n, (lab, steps) in enumerate(jobs):
        if generate.alone(steps):
            own.append(lab.sibling())
            jobs[n] = (own[-1], steps)
    try:
        return _play(jobs, stagger)
    finally:
        for lab in own:
            lab.discard()


def _play(jobs, stagger):
    slots, playing = {}, []
    for lab, steps in jobs:
        slot = slots[id(lab)] = slots.get(id(lab), -1) + 1
        if slot >= laboratory.SLOTS:
            raise ValueError('more scripts than slots in a lab')
        playing.append(Playing(lab, slot, steps))
    labs = {id(p.lab): p.lab for p in playing}
    for lab in labs.values():
        lab.conntrack.flush()  # what the slots' last scripts left
        lab.receive()
    owner, order, queue = {'playing': playing}, itertools.count(), []
    begin = time.monotonic() + 0.05
    for n, p in enumerate(playing):
        p.start = begin + n * stagger
        _schedule(queue, order, p)
    poll, of = select.poll(), {}
    for lab in labs.values():
        for s in lab.socks.values():
            poll.register(s, select.POLLIN)
            of[s.fileno()] = lab
    while queue:
        pause = queue[0][0] - time.monotonic()
        ready = {id(of[fd]): of[fd] for fd, _ in poll.poll(max(1, int(pause * 1000)) if pause > 0.001 else 0)}
        due = []
        while queue and queue[0][0] <= time.monotonic():
            due.append(heapq.heappop(queue))
            if due[-1][2] is not None:
                break
        _collect(ready, owner)
        for _, _, step, p in due:
            if step is None:
                if p.key:
                    p.look(p.key)
            elif step < 0:
                for key in p.keys:
                    p.look(key)
            else:
                ident = p.send(step)
                if ident is not None:
                    owner[(id(p.lab), ident)] = (p, step)
                    _collect(labs, owner, only=p.lab)
    _collect(labs, owner)
    stalls = sorted(t for p in playing for t in p.stalls)
    for p in playing:  # those of one are those of all
        p.stalls = [t - p.start for t in stalls]
    return playing


def _schedule(queue, order, p):
    """Steps, and between them the looks at the latest packet's entry; after the last, looks at all."""
    steps = p.steps
    for i, step in enumerate(steps):
        heapq.heappush(queue, (p.start + step['t'], next(order), i, p))
        until = step['t'] + SAMPLE_SPAN
        if i + 1 < len(steps):
            until = min(until, steps[i + 1]['t'] - 0.03)
        t = step['t'] + SAMPLE
        while t < until:
            heapq.heappush(queue, (p.start + t, next(order), None, p))
            t += SAMPLE
    t = (steps[-1]['t'] if steps else 0) + SAMPLE
    end = t + TAIL
    while t < end:
        heapq.heappush(queue, (p.start + t, next(order), -1, p))
        t += SAMPLE


def _collect(labs, owner, only=None):
    for lab in ([only] if only else labs.values()):
        for side, packet in lab.receive():
            hit = owner.get((id(lab), packet['ident']))
            if hit:
                hit[0].came_out(hit[1], side, packet)
            elif packet.get('rst') or packet.get('quoted'):
                any(p.answered(packet) for p in owner['playing'] if p.lab is lab)
