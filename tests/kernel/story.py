# SPDX-License-Identifier: BSD-2-Clause
"""A played script as a story of tests/stories: packets, and as expectations what the kernel did with them."""
import csv, io

import compare
import lab as laboratory

EXPECT = ['expect_verdict', 'expect_out_src', 'expect_class', 'expect_state', 'expect_expires_s']


def expectation(played, i):
    result, out = played.results[i], played.results[i]['out']
    if 'do' in played.steps[i]:
        return {}
    row = {'expect_verdict': 'pass' if out else '!pass'}
    if out:
        name, port = laboratory.name_of(out[1]['src'][0]), out[1]['src'][1]
        row['expect_class'] = out[1]['class']
        own = result['src'][1]
        fixed = port == own or (name, port) in [('NAT', f[1]) for f in played.lab.env.get('forwards', ())]
        if port:  # else one that the kernel chose at random
            row['expect_out_src'] = '%s%s:%d' % ('' if fixed else '!', compare.CANONICAL[name], port if fixed else own)
    entry = result['entry']
    if entry and out and out[1]['class'] != 'invalid':
        row['expect_state'] = entry['state']
        row['expect_expires_s'] = '%.2f..%.2f' % (max(0, entry['left'] - compare.TOLERANCE), entry['left'] + 1 + compare.TOLERANCE)
    return row


def asked_for(line, steps):
    """Does a key matter to the script's protocols? Timers of others do not."""
    owner = line.split('-')[0].split(' ')[0]
    used = {x['proto'] for x in steps if 'do' not in x}
    return owner not in ('tcp', 'udp', 'icmp', 'gre', 'generic') or {'gre': '47', 'generic': None}.get(owner, owner) in used or owner == 'generic' and used - {'tcp', 'udp', 'icmp', '47'}


def text(played, *title):
    """The story; title: lines for its head."""
    rows, back = compare.rows_of(played)
    head = ['# ' + line for line in title]
    scenario = compare.scenario(played.lab.env)
    head += ['#= ' + line for line in scenario[scenario.index('profile ='):].strip().split('\n') if asked_for(line, played.steps)]
    out = io.StringIO()
    w = csv.DictWriter(out, compare.COLUMNS + EXPECT, lineterminator='\n')
    w.writeheader()
    for row, i in zip(rows, back):
        w.writerow({**row, **expectation(played, i)})
    return '\n'.join(head) + '\n' + out.getvalue()
