"""A pump comes, another goes, and a writer does not notice."""
import threading

import pymysql
import pytest

from localcluster.process import wait_until
from test_restart_orders import assert_sides_have, binlogctl, execute
from test_server_kills import connect


class Writer(threading.Thread):
    """Inserts one number after the other through tidb-server until it is told to stop."""

    def __init__(self, cluster, first, step):
        super().__init__()
        self.cluster = cluster
        self.next = first
        self.step = step
        self.acknowledged = []
        self.error = None
        self.enough = threading.Event()

    def run(self):
        try:
            with connect(self.cluster) as connection, connection.cursor() as cursor:
                while not self.enough.is_set():
                    cursor.execute(f"insert into app.log values ({self.next})")
                    self.acknowledged.append(self.next)
                    self.next += self.step
        except pymysql.err.Error as error:
            self.error = error


@pytest.fixture
def running(cluster):
    cluster.start_everything()
    execute(cluster, "create database app", "create table app.log (n int)")
    return cluster


def test_a_pump_is_added_and_the_first_taken_away_while_writers_run(running):
    writers = [Writer(running, i, 4) for i in range(4)]

    def wait_for_more(what):
        counts = [len(writer.acknowledged) for writer in writers]
        wait_until(lambda: any(w.error for w in writers) or
                   all(len(w.acknowledged) >= n + 20 for w, n in zip(writers, counts)), 60, what)
    for writer in writers:
        writer.start()
    try:
        wait_for_more("the first pump has load")
        running.start_pump("second")
        wait_for_more("writers go on beside the second pump")
        binlogctl(running, "-cmd", "offline-pump", "-node-id", "pump")
        assert running.pumps["pump"].wait(120) == 0, "the first is through, with the drainer's word"
        assert running.node_state("pumps", "pump") == "offline"
        wait_for_more("writers go on without the first pump")
    finally:
        for writer in writers:
            writer.enough.set()
        for writer in writers:
            writer.join(60)
    assert [writer.error for writer in writers] == [None] * len(writers)
    numbers = [n for writer in writers for n in writer.acknowledged]
    assert_sides_have(running, *numbers)
