#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Differential test: random packet scripts on this machine's Linux NAT and on natnap must agree.

Prints TAP, a test an environment (rules and timers of one NAT). Everything is seeded; a disagreement is played
again, shrunk, and printed as scenario and packet script. Skipped where namespaces cannot be made.
usage: differential.t [--scripts N] [--seed N] [--labs N] [--natnap PROGRAM] [--save DIR] [--only ENVIRONMENT/SCRIPT] [--focus WHAT]
"""
import argparse, os, random, sys, time
from concurrent.futures import ThreadPoolExecutor

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import compare, generate, lab, play, shrink, story

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def arguments():
    a = argparse.ArgumentParser(usage=__doc__.split('usage: ')[1])
    a.add_argument('--scripts', type=int, default=int(os.environ.get('NATNAP_DIFFERENTIAL_SCRIPTS', 100)))
    a.add_argument('--seed', type=int, default=int(os.environ.get('NATNAP_DIFFERENTIAL_SEED', 1)))
    a.add_argument('--labs', type=int, default=12)
    a.add_argument('--natnap', default=os.environ.get('NATNAP', os.path.join(ROOT, 'natnap')))
    a.add_argument('--save', help='folder for disagreements, as stories with what the kernel did')
    a.add_argument('--only')
    a.add_argument('--focus', choices=('meddle', 'forward', 'six', 'nat66', 'limit', 'link', 'move', 'rules', 'gre', 'zones'), help='what all scripts are to have')
    a.add_argument('--shrink-seconds', type=float, default=45)
    return a.parse_args()


def say(*lines):
    for line in lines:
        print('\n'.join('# ' + x for x in str(line).split('\n')), flush=True)


def describe(env):
    words = [env['nat'] or 'firewall', env['forward']] + ['IPv6'] * (env.get('version') == 6)
    words += [k.replace('tcp_', '') for k in ('tcp_loose', 'tcp_be_liberal', 'tcp_ignore_invalid_rst') if env['sysctls'][k]]
    if env['invalid'] == 'drop':
        words.append('invalid dropped')
    if env['input'] == 'accept':
        words.append('input accepted')
    words += ['rejected by ' + env['reject']] if env.get('reject') else []
    words += [word.replace('_', ' ') for word in ('forwards', 'port_timers') if env.get(word)]
    words += ['which go with the address'] * bool(env.get('follows'))
    words += ['at most %d sessions a host' % env['limit']] if env.get('limit') else []
    words += ['hairpin ' + env['hairpin']] if env.get('hairpin') else []
    words += ['rules before and after tracking'] if env.get('raw') or env.get('after') else []
    words += ['zones'] if any('zone' in x for x in env.get('raw', ())) else []
    words += ['pick-up: ' + env['on_miss']] if env.get('on_miss') else []
    return ', '.join(words)


def environment(args, n):
    return generate.environment(random.Random('%d environment %d' % (args.seed, n)), focus=args.focus)


def steps_of(args, env, n, k):
    return generate.script('%d script %d/%d' % (args.seed, n, k), env, args.focus)


def play_all(args, field):
    """Comparisons by environment; the kernel first, all scripts side by side, then natnap."""
    model = compare.Model(args.natnap)
    wanted = [tuple(map(int, args.only.split('/')))] if args.only else [(i % args.labs, i // args.labs) for i in range(args.scripts)]
    labs = {n: lab.Lab(field, environment(args, n)) for n in sorted({n for n, _ in wanted})}
    began = time.monotonic()
    played = []
    for at in range(0, len(wanted), 300):
        part = wanted[at:at + 300]
        played += play.play([(labs[n], steps_of(args, labs[n].env, n, k)) for n, k in part])
    kernel = time.monotonic() - began
    with ThreadPoolExecutor(2) as pool:
        comparisons = list(pool.map(lambda p: compare.compare(p, model), played))
    say('kernel %s: %d scripts, %d packets in %.1f s; natnap and comparing %.1f s'
        % (os.uname().release, len(played), sum(len(p.steps) for p in played), kernel, time.monotonic() - began - kernel))
    return labs, list(zip(wanted, comparisons))


def report(args, which, the_lab, comparison):
    """Play a disagreeing script again; True when it disagrees again, then shrunk and shown."""
    model = compare.Model(args.natnap)
    again = compare.compare(play.play([(the_lab, comparison.p.steps)])[0], model)
    if not again.problems:
        say('script %d/%d disagreed once, then agreed: %s' % (which + (comparison.problems[0],)))
        return False
    steps, why = shrink.shrink(the_lab, again.p.steps, again, model, args.shrink_seconds)
    rows, _ = compare.rows_of(why.p)
    say('script %d/%d, shrunk from %d to %d steps:' % (which + (len(comparison.p.steps), len(steps))), *why.problems)
    say(compare.scenario(the_lab.env), compare.text(rows))
    if args.save:
        os.makedirs(args.save, exist_ok=True)
        with open('%s/found-%d-%d-%d.csv' % ((args.save, args.seed) + which), 'w') as f:
            f.write(story.text(why.p, *why.problems))
    return True


def wrong_model_is_noticed(args, labs, results):
    """The comparison itself on trial: natnap told timers that are a second longer than the kernel's must be caught."""
    caught = 0
    for (n, _), c in results[:24]:
        env = labs[n].env
        false = {**env, 'sysctls': {k: v + 1 if '_timeout' in k else v for k, v in env['sysctls'].items()},
                 'port_timers': [row[:2] + (row[2] + 1, row[3] + 1) for row in env.get('port_timers', ())]}
        rows, back = compare.rows_of(c.p)
        other = compare.Comparison(c.p)
        other.run(back, compare.Model(args.natnap).run(false, rows))
        caught += bool(other.problems)
    return caught, len(results[:24])


def main():
    args = arguments()
    if not os.access(args.natnap, os.X_OK):
        sys.exit('no program %s: run make first' % args.natnap)
    try:
        field = lab.Field()
        labs, results = play_all(args, field)
    except lab.Unavailable as e:
        print('1..0 # SKIP no netfilter laboratory here: %s' % e)
        return 0
    bad = 0
    tests = 0
    shrinks = 3
    for n, one in labs.items():
        mine = [(which, c) for which, c in results if which[0] == n]
        wrong = [(which, c) for which, c in mine if c.problems]
        real = 0
        for which, c in wrong:
            if shrinks:
                real += report(args, which, one, c)
                shrinks -= 1
            else:
                real += 1
                say('script %d/%d (not shrunk): %s' % (which + (c.problems[0],)))
        tests += 1
        bad += bool(real)
        print('%s %d - environment %d (%s): %d scripts, %d packets, %d disagree, %d cut short%s%s'
              % ('not ok' if real else 'ok', tests, n, describe(one.env), len(mine), sum(c.steps for _, c in mine), real, sum(c.cut is not None for _, c in mine),
                 ', %d of them as a random port decided' % chance if (chance := sum(c.chance for _, c in mine)) else '',
                 ', %d of them as packets waited for a busy machine' % stalled if (stalled := sum(c.stalled is not None for _, c in mine)) else ''), flush=True)
    if not bad and not args.only:
        packets, planned = sum(c.steps for _, c in results), sum(r['sent'] for _, c in results for r in c.p.results)
        cells = set().union(*(c.cells for _, c in results))
        caught, tried = wrong_model_is_noticed(args, labs, results)
        for good, what in ((packets > 0.85 * planned, '%d of %d packets compared, %d kinds of (state, side, flags) of TCP met' % (packets, planned, len(cells))),
                           (caught > 0.6 * tried, 'timers a second too long are noticed in %d of %d scripts' % (caught, tried))):
            tests += 1
            bad += not good
            print('%s %d - %s' % ('ok' if good else 'not ok', tests, what))
    print('1..%d' % tests)
    field.close()
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
