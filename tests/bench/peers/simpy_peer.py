# SPDX-License-Identifier: BSD-2-Clause
"""The workload in SimPy, as its users write it: a process a subscriber and activity.

usage: simpy_peer.py w1|w2 SUBSCRIBERS HOURS
"""
import collections
import json
import math
import resource
import sys

import simpy

S = 10**9
IDLE, PROMOTION, TAIL, PUSH_GAP = 60 * S, 260 * S // 1000, 11576 * S // 1000, 900.0 * S
MASK = 2**64 - 1


class Draws:
    """natnap's streams (kernel/rng.h), so that counts are equal."""

    def __init__(self, entity, purpose):
        self.key, self.counter = mix(mix(mix(0x6e61746e61700001, 1), purpose), entity), 0

    def next(self):
        self.counter += 1
        return split(self.key, self.counter)

    def unit(self):
        return ((self.next() >> 12) + 0.5) * 2.0**-52

    def gap(self, mean):
        return max(int(-mean * math.log(self.unit()) + 0.5), 1)


def split(key, counter):
    z = (key + counter * 0x9e3779b97f4a7c15) & MASK
    z = ((z ^ (z >> 30)) * 0xbf58476d1ce4e5b9) & MASK
    z = ((z ^ (z >> 27)) * 0x94d049bb133111eb) & MASK
    return z ^ (z >> 31)


def mix(h, v):
    return split(h ^ v, 1) ^ (split(h ^ v, 2) << 1) & MASK


class Nat:
    """Bindings, in the order of their use; what has lapsed is seen by whoever looks first."""

    def __init__(self, env, capacity, counts):
        self.env, self.capacity, self.counts = env, capacity, counts
        self.expires = collections.OrderedDict()
        self.lapses = collections.OrderedDict()  # by time of lapse: one timeout rules all

    def settle(self):
        while self.lapses:
            who, at = next(iter(self.lapses.items()))
            if at > self.env.now:
                break
            del self.lapses[who], self.expires[who]

    def outbound(self, who):
        self.settle()
        if who not in self.expires and self.capacity and len(self.expires) >= self.capacity:
            oldest = next(iter(self.expires))
            del self.expires[oldest], self.lapses[oldest]
            self.counts["evicted"] += 1
        self.expires[who] = self.lapses[who] = self.env.now + IDLE
        self.expires.move_to_end(who)
        self.lapses.move_to_end(who)

    def inbound(self, who):
        self.settle()
        if who in self.expires:
            self.expires.move_to_end(who)
        return who in self.expires


class Device:
    def __init__(self, env, nat, who, interval, counts):
        self.env, self.nat, self.who, self.interval, self.counts = env, nat, who, interval, counts
        self.tail_end = 0
        self.promotion = None
        env.process(self.keepalives())
        env.process(self.pushes())

    def connected(self):
        """An event that is over when the radio carries packets."""
        if self.promotion is None:
            self.counts["promotions"] += 1
            self.promotion = self.env.process(self.promote())
        return self.promotion

    def promote(self):
        yield self.env.timeout(PROMOTION)
        self.promotion = None
        self.tail_end = self.env.now + TAIL

    def send(self):
        if self.tail_end <= self.env.now:
            yield self.connected()
        self.tail_end = self.env.now + TAIL
        self.nat.outbound(self.who)

    def keepalives(self):
        phase = Draws(self.who, 0)
        yield self.env.timeout(int(phase.unit() * self.interval + 0.5))
        while True:
            self.counts["keepalives"] += 1
            self.env.process(self.send())
            yield self.env.timeout(self.interval)

    def pushes(self):
        draws = Draws(self.who, 1)
        while True:
            yield self.env.timeout(draws.gap(PUSH_GAP))
            self.counts["offered"] += 1
            if self.nat.inbound(self.who):
                self.env.process(self.deliver())

    def deliver(self):
        if self.tail_end <= self.env.now:
            yield self.connected()
        self.counts["delivered"] += 1
        yield self.env.process(self.send())


def main():
    if len(sys.argv) != 4 or sys.argv[1] not in ("w1", "w2"):
        sys.exit(__doc__.split("\n\n")[-1].strip())
    n, hours = int(sys.argv[2]), float(sys.argv[3])
    interval, capacity = (55 * S, 0) if sys.argv[1] == "w1" else (90 * S, n // 2)
    counts = dict.fromkeys(("keepalives", "offered", "delivered", "promotions", "evicted"), 0)
    env = simpy.Environment()
    nat = Nat(env, capacity, counts)
    for who in range(n):
        Device(env, nat, who, interval, counts)
    env.run(until=int(hours * 3600 * S))
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({**counts, "cpu_s": round(used.ru_utime, 3), "rss_kib": used.ru_maxrss}))


main()
