# SPDX-License-Identifier: BSD-2-Clause
"""The shortest script that still shows a disagreement.

Scripts are mostly waiting, so all candidates of a round are played side by side in the same lab: every way of
leaving out one step, blocks of steps, all steps at once that could be left out one by one, and shorter waits.
"""
import time

import compare, play


def without(steps, drop):
    return [s for i, s in enumerate(steps) if i not in drop]


def hurried(steps, factor):
    """The same steps with all waits over 0.2 s shortened."""
    out, t, last = [], 0.0, 0.0
    for s in steps:
        gap = s['t'] - last
        last = s['t']
        t += gap if gap < 0.2 else max(0.2, gap * factor)
        out.append({**s, 't': round(t, 3)})
    return out


def candidates(steps):
    n = len(steps)
    out = []
    size = n // 2
    while size > 1:
        out += [without(steps, range(at, min(n, at + size))) for at in range(0, n, size)]
        size //= 2
    singles = [without(steps, (i,)) for i in range(n)]
    return singles, out + [hurried(steps, f) for f in (0.3, 0.6)]


def weight(steps):
    return (len(steps), round(steps[-1]['t'] - steps[0]['t'], 1) if steps else 0)


def failing(lab, tries, model):
    """Of the candidates, those that still disagree, each cut behind the step where they do."""
    out = []
    for played in play.play([(lab, steps) for steps in tries if steps]):
        c = compare.compare(played, model)
        if c.problems:
            out.append((played.steps[:c.at + 1], c))
    return out


def shrink(lab, steps, comparison, model, seconds):
    """-> the shortest script found within the time given, and its Comparison."""
    best, why = steps[:comparison.at + 1], comparison
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        singles, others = candidates(best)
        found = failing(lab, singles + others, model)
        spare = {i for i, one in enumerate(singles) if any(c.p.steps == one for _, c in found)}
        if len(spare) > 1:
            order = sorted(spare)
            half = len(order) // 2
            found += failing(lab, [without(best, spare), without(best, order[:half]), without(best, order[half:])], model)
        found = [f for f in found if weight(f[0]) < weight(best)]
        if not found:
            break
        best, why = min(found, key=lambda f: weight(f[0]))
    return best, why
