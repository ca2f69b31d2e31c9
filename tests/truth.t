#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Random scenarios against the second implementation of tests/check and against themselves: what must not matter does not, what must
scale does. Another drawing each day; NATNAP_ORDER_SEED names one, NATNAP_LONG plays a thousand. Prints TAP."""
import json
import os
import random
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "check")]
from scenarios import S, draw, profile_text, scaled, text, with_inert  # noqa: E402
from tap import NATNAP, check, plan  # noqa: E402
from world import World  # noqa: E402

SEED = int(os.environ.get("NATNAP_ORDER_SEED") or time.strftime("%Y%m%d", time.gmtime()))
COUNT = 1000 if os.environ.get("NATNAP_LONG") else 20


def play(folder, s, *options):
    """One point of natnap run."""
    os.makedirs(os.path.join(folder, "radio"), exist_ok=True)
    with open(os.path.join(folder, "radio", "drawn"), "w") as f:
        f.write(profile_text(s))
    r = subprocess.run([NATNAP, "run", "-", "--json", *options], input=text(s), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                       env=dict(os.environ, NATNAP_PROFILES=folder), timeout=120)
    if r.returncode:
        raise RuntimeError(r.stderr + text(s))
    return json.loads(r.stdout)["points"][0]


def differ(got, expected):
    """Names of what is not as expected, to the twelfth digit."""
    return [f"{k}: {got.get(k)} instead of {float(v)!r}" for k, v in expected.items()
            if got.get(k) is None or abs(got[k] - float(v)) > 1e-12 * max(1, abs(float(v)))]


def second_opinion(s):
    w = World(s).run()
    one = w.nats[0] if len(w.nats) == 1 else None
    many = 2 if s["shared"] else 1
    return {"energy_j": w.radio.energy(), "radio_promotions": w.radio.promotions, "reachable_fraction": w.reachable(),
            "pushes_offered": w.offered, "pushes_delivered": w.delivered, "packets_up": w.up,
            "sessions_expired": one and many * one.expired, "sessions_mean": one and many * one.lived(s["duration"])}


def agrees(folder, s, rng):
    return differ(play(folder, s), {k: v for k, v in second_opinion(s).items() if v is not None})


def by_chance(s, rng):
    """The same with losses and with pushes at random."""
    return dict(s, loss=rng.choice([0, 5, 30]), seed=rng.randrange(1, 10**6), **{"per-hour": max(1, 3600 * S // s["gap"])})


def numbers(point, *without):
    return {k: v for k, v in point.items() if isinstance(v, float) and not any(w in k for w in without)}


def stretched(folder, s, rng):
    """Everything takes so many times as long."""
    factor = rng.randint(2, 9)
    point, longer = play(folder, s), play(folder, scaled(s, time=factor))
    expected = {k: v * factor if k.startswith("energy_") else v for k, v in numbers(point, "subscriber", "_delay_", "_s", "_mw", "_per_").items()}
    return differ(longer, dict(expected, average_power_mw=point["average_power_mw"], radio_connected_s=point["radio_connected_s"] * factor))


def stronger(folder, s, rng):
    """Every state takes so many times the power."""
    factor, s = rng.randint(2, 9), by_chance(s, rng)
    point = numbers(play(folder, s), "subscriber")
    return differ(play(folder, scaled(s, power=factor)), {k: v * factor if k.startswith(("energy_", "average_power")) else v for k, v in point.items()})


def inert(folder, s, rng):
    """A box that does nothing."""
    s = dict(by_chance(s, rng), kind=rng.choice(["nat", "firewall"]))
    point = numbers(play(folder, s), "sessions", "ports", "log_", "events", "blocks", "packets_dropped")
    return differ(play(folder, with_inert(s, rng)), point)


def same_chance(folder, s, rng):
    """What the client does moves nothing of what the world does: as many pushes."""
    s = by_chance(s, rng)
    offered = [play(folder, dict(s, interval=interval))["pushes_offered"] for interval in (s["interval"], s["interval"] // 2, s["interval"] * 3)]
    return [] if len(set(offered)) == 1 else [f"pushes offered: {offered}"]


with tempfile.TemporaryDirectory() as folder:
    for name, holds in (("a second implementation says the same", agrees), ("times times a factor", stretched), ("powers times a factor", stronger),
                        ("a box that does nothing", inert), ("pushes come alike to every policy", same_chance)):
        bad = []
        for i in range(COUNT):
            rng = random.Random(SEED * 10000 + i)
            s = draw(rng)
            why = holds(folder, s, rng)
            if why:
                bad.append(f"NATNAP_ORDER_SEED={SEED}, scenario {i}: {'; '.join(why)}\n{text(s)}")
        check(f"{COUNT} scenarios: {name}", not bad, f"{len(bad)} of {COUNT}\n" + "\n".join(bad[:3]))
plan()
