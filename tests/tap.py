# SPDX-License-Identifier: BSD-2-Clause
"""What the test scripts print: TAP, a line a check, the plan at the end. NATNAP names the program under test."""
import os
import signal

signal.signal(signal.SIGHUP, signal.SIG_DFL)  # also under nohup, where the programs under test would leave it ignored
NATNAP = os.path.abspath(os.environ.get("NATNAP", "./natnap"))
_count = 0


def verdict(name, good, why="", directive=""):
    """One check; why is shown, as comment lines, where it fails; directive: TAP's SKIP or TODO with its reason."""
    global _count
    _count += 1
    print(f"{'ok' if good else 'not ok'} {_count} - {name}{' # ' + directive if directive else ''}")
    if not good:
        for line in str(why).splitlines()[:30]:
            print(f"# {line}")


def check(name, good, why=""):
    """One check without a directive."""
    verdict(name, good, why)


def plan():
    """All checks are made."""
    print(f"1..{_count}")
