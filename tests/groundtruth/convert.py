#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Recorded kernel cases to packet scripts with expectations, the form in which this folder keeps them.
usage: convert.py PLAY.PY CASES_DIR OUT_DIR   (PLAY.PY: the player that comes with the recordings; it says what can be expressed)
Each OUT_DIR/NAME.csv begins with its middlebox' keys as comments, "#= key = value"."""
import csv, glob, importlib.util, io, json, os, sys

sys.dont_write_bytecode = True
spec = importlib.util.spec_from_file_location('play', sys.argv[1])
play = importlib.util.module_from_spec(spec)
spec.loader.exec_module(play)
INPUT = 'time_s,side,proto,src,dst,flags,seq,ack,win,len,wscale,id,ttl,csum,ref'.split(',')
EXPECT = ['expect_' + x for x in ('verdict', 'out_src', 'state', 'expires_s', 'expired_at_s')]


def expectation(case, n):
    """What the kernel did in step n, with the tolerance of its clock: whole seconds rounded down, moments to 0.15 s."""
    st, o = case['steps'][n], case['steps'][n]['observed']
    if st.get('do') == 'watch':
        if o.get('expired'):
            return {'expect_expired_at_s': '%.2f..%.2f' % (o['gone_at'] - 0.15, o['gone_at'] + 0.15)}
        return {'expect_expired_at_s': '-'}
    want = {'expect_verdict': 'pass' if o['verdict'] == 'passed' else '!pass'}
    if st['proto'] not in ('udp', 'tcp'):
        return want
    if o['verdict'] == 'passed':
        name, _, port = o['out_src'].partition(':')
        out, own = case['endpoints'].get(name, name) + ':' + port, st['src'].partition(':')[2]
        # a port that the kernel chose at random: any but the sender's own
        want['expect_out_src'] = out if port == own else '!%s:%s' % (case['endpoints'].get(name, name), own)
    if o.get('ct_state') is not None and o.get('ct_class') != 'invalid':
        state = play.UDP.get(o['ct_state'], o['ct_state'])
        want['expect_state'] = '-' if state == 'NONE' else state
        if state != 'NONE' and o.get('ct_timeout') is not None:
            want['expect_expires_s'] = '%.1f..%.1f' % (o['ct_timeout'] - 0.3, o['ct_timeout'] + 1.3)
    return want


def main():
    for f in sorted(glob.glob(os.path.join(sys.argv[2], '*.json'))):
        case = json.load(open(f))
        text = 'steps' in case and play.scenario(case)
        rows = text and play.convert(case)
        if not rows:
            print('not expressible:', case['name'])
            continue
        out = io.StringIO()
        out.write('# %s\n' % case.get('title', case['name']))
        if case.get('learned'):
            out.write('# %s\n' % case['learned'])
        for line in text.split('[middlebox box]\n')[1].splitlines():
            out.write('#= %s\n' % line)
        w = csv.DictWriter(out, INPUT + EXPECT, lineterminator='\n')
        w.writeheader()
        for row, n in zip(*rows):
            w.writerow({**row, **expectation(case, n)})
        open(os.path.join(sys.argv[3], case['name'] + '.csv'), 'w').write(out.getvalue())


main()
