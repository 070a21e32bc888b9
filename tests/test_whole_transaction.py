"""transaction-atomicity = "whole": readers downstream see all of a large transaction or nothing, and it arrives once."""
import contextlib
import threading

import pytest

import sides
from large_rows import SUMS, mark_count, peak_mib, row_count, start_drainer, start_with_table, write
from localcluster.process import wait_until

WHOLE = 'transaction-atomicity = "whole"'
ROWS_BY_KEY = {True: 60000, False: 10000}  # without a key each row is a statement


@contextlib.contextmanager
def reader(cluster):
    """Counts rows all the time, in one statement each; gives the counts that it has seen."""
    connection, counts, stop = sides.connect(cluster.mariadb.port), set(), threading.Event()

    def read():
        stopped = False
        while not stopped:
            stopped = stop.is_set()  # what is there at the end is read, too
            with connection.cursor() as cursor:
                cursor.execute("select count(*) from bench.sbtest")
                counts.add(int(cursor.fetchall()[0][0]))
    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield counts
    finally:
        stop.set()
        thread.join()
        connection.close()


def wait_under_way(cluster, rows, last):
    """Waits until the open transaction downstream has changed so many rows; how many, or 0 when it is over already."""
    def seen():
        # InnoDB shows what it showed before to those who ask again within 100 ms.
        changed = int(cluster.mariadb.rows("select coalesce(max(trx_rows_modified), 0) from "
                                           "information_schema.innodb_trx")[0][0])
        return [changed] if changed >= rows else [0] if cluster.checkpoint_ts() >= last else None
    return wait_until(seen, 300, f"{rows} rows are under way", poll=0.15)[0]


@pytest.mark.parametrize("key", [True, False], ids=["key", "no-key"])
def test_seen_whole_and_killed_in_the_midst(cluster, rng, key):
    stream = start_with_table(cluster, rng, key=key, syncer=WHOLE)
    rows = ROWS_BY_KEY[key]
    kills = []
    with reader(cluster) as counts:
        last = write(cluster, stream.insert(range(rows)))
        for _ in range(3):
            kills.append(wait_under_way(cluster, rng.randrange(1, rows // 3), last))
            cluster.drainers["drainer"].kill()
            start_drainer(cluster, syncer=WHOLE)
        cluster.wait_caught_up(last, timeout=300)
    print("rows under way at the kills:", kills)
    assert kills[0] > 0, "killed too late"
    assert counts == {0, rows}
    assert cluster.mariadb.rows(SUMS) == stream.sums()
    changed = write(cluster, stream.delete(range(0, rows, 10)))
    cluster.wait_caught_up(changed, timeout=300)
    assert cluster.mariadb.rows(SUMS) == stream.sums()
    cluster.drainers["drainer"].terminate()
    assert mark_count(cluster) == 0


def test_memory_is_bounded(cluster, rng):
    stream = start_with_table(cluster, rng, syncer=WHOLE)
    drainer = cluster.drainers["drainer"]
    idle = peak_mib(drainer)
    last = write(cluster, stream.insert(range(100000)))
    cluster.wait_caught_up(last, timeout=300)
    print(f"peak of drainer: {peak_mib(drainer):.0f} MiB, {peak_mib(drainer) - idle:.0f} above idle")
    assert peak_mib(drainer) - idle < 130
    assert cluster.mariadb.rows(SUMS) == stream.sums()


def test_configuration_changes_over_a_half_applied_transaction(cluster, rng):
    """Split, killed in the midst, then whole with other workers, killed again, then split: each row once."""
    stream = start_with_table(cluster, rng, syncer="worker-count = 5")
    rows = ROWS_BY_KEY[True]
    last = write(cluster, stream.insert(range(rows)))
    wait_until(lambda: mark_count(cluster) >= 2, 300, "two parts are downstream", poll=0.01)
    cluster.drainers["drainer"].kill()
    assert row_count(cluster) < rows, "killed too late"
    start_drainer(cluster, syncer=WHOLE + "\nworker-count = 2")
    wait_under_way(cluster, 1, last)
    cluster.drainers["drainer"].kill()
    start_drainer(cluster, syncer="worker-count = 1")
    cluster.wait_caught_up(last, timeout=300)
    assert cluster.mariadb.rows(SUMS) == stream.sums()
