# SPDX-License-Identifier: BSD-2-Clause
"""The same script on natnap, and the comparison with what the kernel did.

natnap gets each packet at the very time at which the kernel got it. Where a packet came so close to a timer's end
(or to the 2 s rule of UDP) that the kernel's clock ticks decide, the comparison of that script ends there: such a
script is cut, not in disagreement.
"""
import csv, io, json, re, subprocess, tempfile

import lab as laboratory

GUARD = 0.08      # seconds to a timer's end within which a packet's fate is not compared
TOLERANCE = 0.03  # of an expiry read from the kernel: clock ticks of 4 ms, and the time the reading took
STALL = 0.1       # seconds around a moment at which packets waited before the box: what disagrees there tells nothing
COLUMNS = 'time_s,side,proto,src,dst,flags,seq,ack,win,len,wscale,id,ttl,csum,ref,payload'.split(',')
CANONICAL = {'NAT': '203.0.113.1', 'NAT2': '203.0.113.3', 'NATL': '10.0.0.1', 'X': '203.0.113.20', **{'C%d' % i: '10.0.0.%d' % (i + 1) for i in range(1, 10)}, **{'S%d' % i: '203.0.113.%d' % (9 + i) for i in range(1, 10)}}
NAMES = {v: k for k, v in CANONICAL.items()}
TCP_KEYS = {'tcp_loose': 'tcp-loose', 'tcp_be_liberal': 'tcp-be-liberal', 'tcp_ignore_invalid_rst': 'tcp-ignore-invalid-rst'}


class Model:
    """How to run natnap."""

    def __init__(self, program):
        self.program = program

    def run(self, env, rows):
        """The steps that natnap printed for rows. Raises RuntimeError when it refused."""
        with tempfile.TemporaryDirectory(prefix='natnap-diff-') as d:
            with open(d + '/s.ini', 'w') as f:
                f.write(scenario(env))
            with open(d + '/p.csv', 'w') as f:
                f.write(text(rows))
            r = subprocess.run([self.program, 'script', d + '/s.ini', d + '/p.csv', '--json'], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=30)
            if r.returncode:
                raise RuntimeError('natnap script: exit %d: %s' % (r.returncode, r.stderr.strip().replace(d, '')))
            return json.loads(r.stdout)['steps']


def scenario(env, title='differential test'):
    """An environment as a natnap scenario."""
    lines = ['[scenario]', 'title = ' + title, 'duration = 10min', 'seed = 1', '', '[path]', 'middleboxes = box', '', '[middlebox box]', 'profile = linux',
             'kind = ' + ('nat' if env['nat'] else 'firewall')]
    if env['nat']:
        lines += ['addresses = ' + CANONICAL['NAT'], 'ports = ' + ('random' if 'random' in env['nat'] else 'preserve')]
        if ' to :' in env['nat']:
            lines.append('port-range = ' + env['nat'].split(':')[1])
    if env.get('reject'):
        lines.append('reject = ' + env['reject'])
    if env.get('forwards'):
        at = '' if env.get('follows') else CANONICAL['NAT'] + ':'
        lines.append('forwards = ' + '; '.join('%s/%s%d > %s:%d' % (proto, at, port, CANONICAL[client], to) for proto, port, client, to in env['forwards']))
    if env['nat']:
        lines += ['link-down = ' + ('flush' if env['nat'].startswith('masquerade') else 'keep')]
        lines += ['inside-address = ' + CANONICAL['NATL'], 'hairpin = ' + ('yes' if env.get('hairpin') else 'no')]
        lines += ['hairpin-source = ' + env['hairpin']] if env.get('hairpin') else []
    if env.get('limit'):
        lines += ['sessions-per-subscriber = %d' % env['limit'], 'icmp-on-exhaustion = as-reject']
    if env.get('port_timers'):
        lines.append('port-timers = ' + '; '.join('%s/%d: %ds %ds' % x for x in env['port_timers']))
    lines += [key + ' = ' + '; '.join(env[name]) for key, name in (('raw-rules', 'raw'), ('rules', 'after')) if env.get(name)]
    if env.get('on_miss'):
        lines += ['on-miss = ' + env['on_miss'], 'on-miss-sides = ' + ('inside' if env['nat'] else 'both')]
    lines += ['forward = ' + env['forward'], 'invalid = ' + env['invalid'], 'input = ' + env['input']]
    lines += [setting(key, value) for key, value in sorted(env['sysctls'].items())]
    return '\n'.join(lines) + '\n'


def setting(key, value):
    """A sysctl as natnap's key and value."""
    if '_timeout' in key:
        name = key.replace('_timeout', '', 1) if not key.startswith('tcp_') else 'tcp_' + key[len('tcp_timeout_'):]
        return '%s = %ds' % (name.replace('_', '-').strip('-'), value)
    if key == 'tcp_max_retrans':
        return 'tcp-max-retrans-count = %d' % value
    return '%s = %s' % (TCP_KEYS[key], 'yes' if value else 'no')


def text(rows):
    out = io.StringIO()
    w = csv.DictWriter(out, COLUMNS, lineterminator='\n')
    w.writeheader()
    w.writerows(rows)
    return out.getvalue()


def _canonical(endpoint):
    return CANONICAL[laboratory.name_of(endpoint[0])], endpoint[1]


def _name(endpoint):
    return '%s:%d' % (laboratory.name_of(endpoint[0]), endpoint[1])


def meddling(step, result, row_of):
    """The row for what was done to the box."""
    if step['do'] == 'delete':
        return {'proto': 'delete', 'ref': row_of[result['of']]}
    if step['do'] == 'address':
        return {'proto': 'set', 'payload': 'addresses = ' + CANONICAL[result['address']]}
    if step['do'] == 'rules':
        return {'proto': 'set', 'payload': '%s = %s' % (step['key'], step['value'] or 'drop')}
    return {'proto': step['do']} if step['do'] != 'sysctl' else {'proto': 'set', 'payload': setting(step['key'], step['value'])}


def rows_of(played):
    """-> rows for natnap of the packets that were sent, and for each row the index of its step."""
    rows, back, row_of, mapped = [], [], {}, {}
    times = {entry[1]: (entry[2] + entry[3]) / 2 for entry in played.log if entry[0] == 'step'}
    for i, (step, result) in enumerate(zip(played.steps, played.results)):
        if not result['sent']:
            continue
        if 'do' in step:
            row_of[i] = len(rows)
            rows.append({'time_s': '%.6f' % times[i], **meddling(step, result, row_of)})
            back.append(i)
            continue
        portless = step['proto'] not in ('udp', 'tcp')
        show = lambda e: '%s' % _canonical(e)[0] if portless else '%s:%d' % _canonical(e)
        row = {'time_s': '%.6f' % times[i], 'side': step['side'], 'proto': step['proto'], 'src': show(result['src']), 'dst': show(result['dst'])}
        via = step.get('via') and (step['proto'],) + tuple(step['via'])
        if via in mapped:
            row['dst'] = 'map:%d' % mapped[via]
        for key in ('flags', 'seq', 'ack', 'win', 'len', 'wscale', 'ttl', 'csum'):
            if step.get(key) is not None:
                row[key] = step[key]
        if step['proto'] == 'icmp':
            row['flags'] = '%d/%d' % tuple(step['type'])
            if 'quotes' in step:
                row['ref'] = row_of[played.by_number[step['quotes']]]
            elif via not in mapped:
                row['id'] = step['id']
        row_of[i] = len(rows)
        out = result['out']
        if out and played.lab.env['nat'] and step.get('dst') and 'quotes' not in step and ((step['dst'][0] == 'NAT' and out[0] == 'inside') or out[1]['src'][0] in laboratory.OURS):
            flow = (step['src'][0], step['id'] if step['proto'] == 'icmp' else step['src'][1], step['dst'][0], 8 if step['proto'] == 'icmp' else step['dst'][1])
            mapped[(step['proto'],) + flow] = len(rows)
        rows.append(row)
        back.append(i)
    return rows, back


# ------------------------------------------------------------------ comparison

class Comparison:
    """
    One played script against natnap's answers. problems: texts; cut: index of the step where comparing ended; stalled: what disagreed
    when packets met the box later than they were sent, as softirqs had to wait for other work of this machine.
    """

    def __init__(self, played):
        self.p, self.problems, self.cut, self.stalled = played, [], None, None
        self.model = {}    # tuple of the entry -> (expiry, state, assured) as natnap has it
        self.reply_of = {} # tuple of an entry -> that of its replies, as last seen
        self.down = False  # the link outside
        self.ended = {}    # when an entry went as somebody meddled
        self.created = {}  # UDP: when the entry began, by the kernel
        self.ports = {}    # inside socket and its remapped port of the kernel -> natnap's
        self.users = {}    # who, protocol, peer and external port -> inside sockets that had it, of ports chosen at random
        self.chosen = {}   # protocol and flow -> natnap's external port
        self.had = {}      # who, protocol and flow -> external ports that it had, one after another
        self.chance = False # a port that one of the two had given to another flow decided: comparing ended there
        self.steps = 0
        self.at = 0
        self.cells = set() # (state before, side, flags) of the TCP packets compared

    def run(self, back, answers):
        self.answer = dict(zip(back, answers))
        for entry in self.p.log:
            if entry[0] == 'step':
                if self.too_close(entry):
                    self.cut = entry[1]
                    return
                self.step(*entry[1:])
            else:
                self.entry(*entry[1:])
            if self.problems and self.waited(entry):
                self.stalled, self.problems, self.cut = self.problems[0], [], self.at
            if self.problems or self.cut is not None:
                return

    def waited(self, entry):
        """Did packets wait before the box about when this was seen, or when the latest one before it was sent?"""
        t0, t1 = entry[2:4] if entry[0] == 'step' else entry[1:3]
        sent = self.p.results[self.at].get('at', t0)
        return any(min(t0, sent) - STALL < t < t1 + STALL for t in self.p.stalls)

    def too_close(self, entry):
        _, i, t0, t1 = entry
        if t1 - t0 > 0.02 and 'do' not in self.p.steps[i]:
            return True
        if any(abs(expiry - t0) < GUARD for expiry, _, _ in self.model.values()):
            return True
        return any(abs(t0 - start - 2.0) < GUARD for start in self.created.values())

    def say(self, i, what, model, kernel):
        self.problems.append('step %d: %s: natnap %s, kernel %s' % (self.p.steps[i]['n'], what, model, kernel))

    def step(self, i, t0, t1):
        step, result, a = self.p.steps[i], self.p.results[i], self.answer[i]
        self.at = i
        self.steps += 1
        if 'do' in step:
            return self.meddled(step, result, t1)
        if result.get('unclear') or (self.down and self.p.lab.version == 6 and result['dst'][0] in laboratory.OURS):
            self.cut = i  # as long as a link is down, IPv6 has no route to its addresses, which IPv4 has
            return
        out = result['out']
        if step['proto'] == 'tcp':
            known = self.model.get(result['key'])
            self.cells.add((known[1] if known and known[0] > t0 else 'NONE', step['side'], step['flags']))
        passed = a['verdict'] == 'pass'
        if passed and out is None and self.shadowed(result, a, t0):
            self.cut = i
            return
        if passed != (out is not None):
            if self.by_chance(step, result):
                self.cut, self.chance = i, True
                return
            return self.say(i, 'verdict', a['verdict'], 'pass' if out else 'drop')
        if out and step.get('known') and out[1]['class'] == 'new':
            self.cut = i  # a host of the same network begins anew, which is nothing that a router need see
            return
        if out:
            self.translation(i, step, out[1], a)
            if out[1]['class'] != a['class']:
                self.say(i, 'class', a['class'], out[1]['class'])
        mine = re.search(r'rst|icmp (?:3|4|5|11|12)/\d+', a['emitted'] or '')
        untold = mine and mine.group() == 'icmp 3/0' and not result.get('answer')  # a router says it five times, then once a second
        if (mine.group() if mine else None) != result.get('answer') and not untold and step['proto'] in ('tcp', 'udp', 'icmp'):
            return self.say(i, 'answer of the box', mine and mine.group(), result.get('answer'))
        self.remember(step, result, a, (t0 + t1) / 2)

    def note_choice(self, step, kernel, model):
        """Which external ports a packet from inside went out by."""
        flow = (step['proto'], *step['src'], *step['dst'])
        self.chosen[flow] = model
        for who, port in (('kernel', kernel), ('natnap', model)):
            self.had.setdefault((who, *flow), set()).add(port)
            self.users.setdefault((who, step['proto'], step['dst'], port), set()).add(step['src'])

    def by_chance(self, step, result):
        """
        Does a packet from outside go to a port that had several flows to that peer, in one of the two? Of few ports chosen at random, one
        may have given a dead flow's port to another, and the other not: neither is wrong. Nor are they where an error quotes a flow that
        got another port since it began anew, in one of the two.
        """
        via = step.get('via')
        if step['side'] != 'outside' or not {'random', ':6000-6003'} & set((self.p.lab.env['nat'] or '').replace('-random', ' random').split()):
            return False
        if 'quotes' in step:
            quoted = self.p.steps[self.p.by_number[step['quotes']]]
            ends = (quoted['proto'], *quoted['src'], *quoted['dst']) if quoted.get('src') and quoted.get('dst') else ()
            return any(len(self.had.get((who, *ends), ())) > 1 for who in ('kernel', 'natnap'))
        if not via:
            return False
        model = self.chosen.get((step['proto'], *via))
        ports = (('kernel', result['dst'][1]), ('natnap', model))
        return any(len(self.users.get((who, step['proto'], tuple(via[2:]), port), ())) > 1 for who, port in ports)

    def shadowed(self, result, a, now):
        """
        The kernel's connlimit goes on counting a newcomer that it refused until it next sweeps that host's list, once a
        second or for another newcomer. Meanwhile further packets of a session that is still unanswered are over the limit.
        """
        known = self.model.get(result['key'])
        return self.p.lab.env.get('limit') and a['class'] == 'new' and known and known[0] > now

    def meddled(self, step, result, t1):
        """Deleted entries are gone; a changed timer shows at the next packet."""
        self.down = step['do'] == 'down' or (self.down and step['do'] != 'up')
        gone = list(self.model) if step['do'] == 'flush' else [result['key']] if step['do'] == 'delete' else ()
        if step['do'] in ('down', 'address') and (self.p.lab.env['nat'] or '').startswith('masquerade'):
            old = {'NAT': 'NAT2', 'NAT2': 'NAT'}[result['address']] if step['do'] == 'address' else result['address']
            gone = [key for key in self.model if key[1][0].startswith(('10.64.', 'fd00:')) and self.reply_of.get(key, key)[2][0] == laboratory.address(old, 0, self.p.lab.version)]
        for key in gone:
            self.model.pop(key, None)
            self.created.pop(key, None)
            self.ended[key] = t1

    def translation(self, i, step, out, a):
        portless = step['proto'] not in ('udp', 'tcp')
        for field, answer in (('src', a['out_src']), ('dst', a['out_dst'])):
            addr, _, port = answer.partition(':')
            name = NAMES.get(addr, addr)
            kernel = _name(out[field]).split(':')[0]
            if name != kernel:
                return self.say(i, 'out_' + field, answer, _name(out[field]))
            if portless:
                continue
            own, have, want = step[field][1] if step.get(field) else None, int(port or 0), out[field][1]
            if field == 'src' and step['side'] == 'inside' and step.get('dst') and name in ('NAT', 'NAT2'):
                self.note_choice(step, want, have)
            sent = self.p.results[i]['dst'][1]
            if field == 'dst' and step.get('via') and sent == want != step['via'][1]:
                if have == step['via'][1]:  # a port that the kernel chose at random, passed as it is
                    return self.say(i, 'out_dst', answer, _name(out[field]))
            elif field == 'dst' or own is None:
                if have != want:
                    return self.say(i, 'out_' + field, answer, _name(out[field]))
            elif (have == own) != (want == own):
                return self.say(i, 'out_' + field, answer, _name(out[field]))
            elif have != own and (self.reuses(step, want, have) or _range(have) != _range(want)):
                return self.say(i, 'out_' + field + ' (remapped)', answer, _name(out[field]))

    def reuses(self, step, kernel, model):
        """Does only one of the two take a remapped port again for the same socket? Random ports agree by chance only, few of them clash by chance."""
        if 'random' in self.p.lab.env['nat'] or ' to :' in self.p.lab.env['nat']:
            return False
        return self.ports.setdefault((step['src'], kernel), model) != model

    def canonical(self, t, now):
        """The tuple under which the entry that t belongs to is known: a reply's leads to that of the opener."""
        latest = self.p.results[self.at]
        answer = latest.get('answer_key', t) if latest.get('key') == t else t
        if t in self.model and self.model[t][0] > now:
            return t
        for key, reply in self.reply_of.items():
            if reply == answer and key in self.model and self.model[key][0] > now:
                return key
        return t

    def remember(self, step, result, a, t):
        """What natnap has for the packet's entry from now on. An invalid packet or an ICMP error has none of its own."""
        key = result['key']
        if key and not result['entry']:
            key = self.canonical(key, t)
        if key is None or a['class'] in (None, '', 'untracked') or (a['class'] == 'invalid' and 'rst' not in (a['emitted'] or '')):
            return  # but a RST that the box answers with is of the entry
        if a['state'] in (None, '') or a['expires_s'] in (None, ''):
            self.model.pop(key, None)
            return
        self.model[key] = (t + float(a['expires_s']), a['state'], bool(a['assured']))

    def forget_older(self, key, reply):
        """An entry cannot have a tuple that another one has: that one is over."""
        if self.reply_of.get(reply, key)[3] == key[3]:
            self.model.pop(reply, None)  # it was opened from the other side
        for older, its_reply in self.reply_of.items():
            if its_reply == key != older and older[3] == key[3]:
                self.model.pop(older, None)  # likewise, through a port forward

    def entry(self, t0, t1, key, entry):
        if entry:  # asked for by the reply's tuple, perhaps
            key = entry['orig']
            self.reply_of[key] = entry['reply']
            if entry['reply'][3] == key[3]:  # else two of the same ends live side by side in different zones
                self.forget_older(key, entry['reply'])
        else:
            key = self.canonical(key, t1)
        known = self.model.get(key)
        if entry is None:
            self.created.pop(key, None)
            if known and known[0] > t1 + TOLERANCE:
                self.say(self.at, 'entry %s after %.2f s' % (self.show(key), t0), '%s for %.2f s more' % (known[1], known[0] - t1), 'none')
            return
        if key[0] == 17:
            self.created.setdefault(key, t0)
        kernel = '%s %s for %d to %d s more' % (entry['state'], 'assured' if entry['assured'] else 'unassured', entry['left'], entry['left'] + 1)
        where = 'entry %s after %.2f s' % (self.show(key), t0)
        if known is None and t0 - self.ended.get(key, -1) < STALL:
            return  # what a lost address takes along the kernel's worker ends, when it gets to it
        if known is None or known[0] < t0 - TOLERANCE:
            return self.say(self.at, where, 'none', kernel)
        expiry, state, assured = known
        model = '%s %s for %.2f s more' % (state, 'assured' if assured else 'unassured', expiry - t0)
        if key[0] in (6, 17) and state != entry['state'] or key[0] in (6, 17) and assured != entry['assured']:
            return self.say(self.at, where, model, kernel)
        if not t0 + entry['left'] - TOLERANCE <= expiry <= t1 + entry['left'] + 1 + TOLERANCE:
            self.say(self.at, where, model, kernel)

    def show(self, key):
        return '%s %s>%s' % ({6: 'tcp', 17: 'udp', 1: 'icmp'}.get(key[0], key[0]), _name(key[1]), _name(key[2]) if key[0] != 1 else laboratory.name_of(key[2][0]))


def _range(port):
    """Which of the kernel's port ranges a port lies in."""
    return 0 if port < 512 else 1 if 600 <= port < 1024 else 2 if port >= 1024 else 3


def compare(played, model):
    """Comparison of a played script; problems holds natnap's complaint when it refused the script."""
    rows, back = rows_of(played)
    c = Comparison(played)
    try:
        answers = model.run(played.lab.env, rows)
        if len(answers) != len(rows):
            raise RuntimeError('natnap printed %d steps of %d' % (len(answers), len(rows)))
    except (RuntimeError, subprocess.TimeoutExpired, ValueError, KeyError) as e:
        c.problems = [str(e)]
        return c
    c.run(back, answers)
    return c
