"""Rounds against two running servers: python3 -m randomsql --tidb PORT --mariadb PORT [--seed N] [--rounds N]."""
import argparse
import os
import random
import sys

from sqlcases.record import ROOT, Connection

from .oracle import Oracle
from .play import Round


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tidb", type=int, required=True)
    parser.add_argument("--mariadb", type=int, required=True)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--statements", type=int, default=120)
    parser.add_argument("--stop-after", type=int, default=20, help="mismatches")
    return parser.parse_args()


def main():
    options = arguments()
    sys.path.insert(0, os.path.join(ROOT, "tests"))
    from random_sql_differences import ITSELF, RULES  # noqa: found beside the test
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(1 << 32)
    tidb, mariadb = Connection(options.tidb), Oracle(options.mariadb)
    found = 0
    for number in range(seed, seed + options.rounds):
        for mismatch in Round(number, (tidb, mariadb), RULES, ITSELF).play(options.statements):
            found += 1
            print(mismatch, "\n", flush=True)
        if found >= options.stop_after:
            break
    for rule in RULES + [ITSELF]:
        print(f"{rule.count:6} {rule.name}")
    print(f"{found} mismatches in rounds {seed} to {number}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
