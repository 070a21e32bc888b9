"""Random tables, changes and queries (tools/randomsql) answer alike on tidb-server and on MariaDB."""
import os
import random
import shutil
import tempfile
import time

import pytest

from localcluster.cluster import Cluster
from randomsql.oracle import Oracle, OracleGone
from randomsql.play import MARIADB_OPTIONS, Round
from random_sql_differences import CRASHES_SHARE, ITSELF, ITSELF_SHARE, RULES
from sqlcases.record import Connection

# ./test plays the same rounds each time, as many as a minute takes; those of TBL_FULL are drawn, for ten minutes.
FIRST_SEED, ROUNDS = 1, 40
SECONDS, FULL_SECONDS = 60, 600


def seeds(full):
    """One round's seed after the other."""
    if os.environ.get("TBL_SEED"):
        first = int(os.environ["TBL_SEED"])
        yield from range(first, first + (1 if not full else 1 << 30))
    elif full:
        first = random.SystemRandom().randrange(1 << 32)
        yield from range(first, first + (1 << 30))
    else:
        yield from range(FIRST_SEED, FIRST_SEED + ROUNDS)


class Sides:
    """Connections to both servers; MariaDB can be started again."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.tidb = Connection(cluster.ports["tidb"])
        self.start_oracle()

    def start_oracle(self):
        self.cluster.mariadb.start()
        self.oracle = Oracle(self.cluster.mariadb.port)

    def play(self, seed):
        return Round(seed, (self.tidb, self.oracle), RULES, ITSELF).play()


@pytest.fixture
def sides():
    """Where there is memory to hold their files, no round waits for a disk."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    directory = tempfile.mkdtemp(prefix="tbl-test-", dir=memory)
    cluster = Cluster(directory, mariadb_options=MARIADB_OPTIONS)
    try:
        cluster.start_pd()
        cluster.start_tikv()
        cluster.start_pump()
        cluster.start_tidb()
        yield Sides(cluster)
    finally:
        print(cluster.tails())
        cluster.stop()
        shutil.rmtree(directory, ignore_errors=True)


def test_both_answer_alike(sides, full):
    started = time.monotonic()
    found, crashes, played = [], [], 0
    for seed in seeds(full):
        if time.monotonic() - started > (FULL_SECONDS if full else SECONDS):
            break
        last = seed
        try:
            found += sides.play(seed)
        except OracleGone as gone:
            crashes.append(f"TBL_SEED={seed}: {gone}")
            sides.cluster.mariadb.kill()
            sides.start_oracle()
        played += 1
    print(f"{played} rounds, the last of TBL_SEED={last}; " + ", ".join(f"{r.name}: {r.count}" for r in RULES + [ITSELF]))
    print(f"{len(crashes)} rounds made MariaDB crash", *crashes, sep="\n")
    assert not found, f"{len(found)} statements differ\n" + "\n\n".join(map(str, found[:10]))
    share = ITSELF.count / ITSELF.statements
    assert share <= ITSELF_SHARE, f"MariaDB is no oracle for {ITSELF.count} of {ITSELF.statements} statements"
    assert len(crashes) <= 1 + played * CRASHES_SHARE, "MariaDB crashed too often for an oracle"
