"""Restarts as the tutorial tells them: its order after a clean stop, and what a pump asks for after kills."""
import os
import signal
import subprocess
import threading

import pymysql
import pytest

import sides
from localcluster.process import wait_until
from test_server_kills import connect, execute


@pytest.fixture
def running(cluster):
    """Everything started in the tutorial's order, with a first row. MariaDB stays up through all that follows."""
    cluster.start_everything()
    # Without a key a row that came twice would be there twice.
    execute(cluster, "create database app", "create table app.log (n int)")
    add_row(cluster, 1)
    return cluster


def add_row(cluster, number):
    execute(cluster, f"insert into app.log values ({number})")


def assert_sides_have(cluster, *numbers):
    """Each of `numbers` is on both sides, once."""
    expected = sorted((str(n).encode(),) for n in numbers)

    def downstream():
        try:
            return sorted(sides.rows(sides.connect(cluster.mariadb.port), "app", "log"))
        except pymysql.err.ProgrammingError:
            return []  # the table is not there yet
    assert sorted(sides.rows(sides.connect(cluster.ports["tidb"]), "app", "log")) == expected
    wait_until(lambda: len(downstream()) >= len(expected), 60, "every row is in MariaDB", poll=0.2)
    assert downstream() == expected


def kill_everything(cluster):
    for process in cluster.processes():
        process.kill()


def binlogctl(cluster, *arguments):
    """The tutorial's own spelling of a command; it must succeed."""
    done = subprocess.run([os.path.join(cluster.bin, "binlogctl"), f"--pd-urls=http://{cluster.address('pd')}",
                           *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, done.stdout
    return done.stdout


def assert_pump_is_refused(cluster, name):
    process = cluster.start_pump(name, wait=False)
    assert process.wait(60) == 2
    assert ("fail to notify all living drainer: connect drainer(" + cluster.address("drainer") +
            "): context deadline exceeded") in process.tail()
    assert cluster.node_state("pumps", name) == "offline"


def test_the_tutorials_order_after_a_clean_stop(running):
    for process in running.processes():
        process.popen.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0, process.name
    running.start_pd()
    running.start_tikv()
    running.start_drainer(wait=False)
    running.start_pump()
    running.start_tidb()
    add_row(running, 2)
    assert_sides_have(running, 1, 2)


def test_after_kills_a_known_pump_starts_before_drainer(running):
    """Drainers know a pump that was online: it need not reach the drainer that is online and gone."""
    kill_everything(running)
    running.start_pd()
    running.start_tikv()
    assert running.node_state("drainers", "drainer") == "online"
    running.start_pump()
    running.start_tidb()
    add_row(running, 2)
    running.start_drainer()
    assert_sides_have(running, 1, 2)


def test_after_kills_a_new_pump_is_refused_until_drainer_is_there(running):
    kill_everything(running)
    running.start_pd()
    running.start_tikv()
    assert_pump_is_refused(running, "newcomer")
    # The drainer before the pump: the tutorial's second way.
    running.start_drainer(wait=False)
    running.start_pump("newcomer")
    running.start_pump()
    running.start_tidb()
    add_row(running, 2)
    add_row(running, 3)
    assert_sides_have(running, 1, 2, 3)


@pytest.mark.parametrize("command, state", [("offline-drainer", "offline"), ("pause-drainer", "paused")])
def test_drainer_stopped_by_binlogctl_is_not_missed(running, command, state):
    """The tutorial's first way: stop the drainer with binlogctl instead of killing it."""
    listed = binlogctl(running, "--cmd=drainers")
    assert "NodeID: drainer, " in listed and "State: online" in listed
    binlogctl(running, f"--cmd={command}", "--node-id=drainer")
    assert running.drainers["drainer"].wait(60) == 0
    assert running.node_state("drainers", "drainer") == state
    kill_everything(running)
    start_pump_that_was_offline(running)
    add_row(running, 2)
    running.start_drainer()
    assert_sides_have(running, 1, 2)


def test_a_dead_drainer_is_written_off(running):
    """The tutorial's third way: with PD up, and before drainer and pump, the registry is told."""
    kill_everything(running)
    running.start_pd()
    running.start_tikv()
    binlogctl(running, "--cmd=update-pump", "--node-id=pump", "--state=offline")
    assert_pump_is_refused(running, "pump")
    asked = running.binlogctl("--cmd=offline-drainer", "--node-id=drainer")
    assert asked.returncode == 1 and '["fail to execute command"] [command=offline-drainer]' in asked.stdout
    assert binlogctl(running, "--cmd=update-drainer", "--node-id=drainer", "--state=offline") == ""
    running.start_pump()
    running.start_tidb()
    add_row(running, 2)
    running.start_drainer()
    assert_sides_have(running, 1, 2)


def start_pump_that_was_offline(cluster):
    cluster.start_pd()
    cluster.start_tikv()
    binlogctl(cluster, "--cmd=update-pump", "--node-id=pump", "--state=offline")
    cluster.start_pump()
    cluster.start_tidb()


def test_a_clean_stop_under_load_leaves_nothing_undecided(running):
    """Commits that are under way end before tidb-server does: no lock, no orphan in pump, no key of the owner."""
    with Load(running) as load:
        wait_until(lambda: len(load.acknowledged) > 200, 60, "the load runs")
        assert running.tidb_process.terminate() == 0
    running.start_tidb()
    with open(os.path.join(running.directory, "tidb.log"), encoding="utf-8") as log:
        text = log.read()
    assert "undetermined" not in text
    assert "waiting for the owner key" not in text
    kept = [int(r[0]) for r in execute(running, "select n from app.log where n > 1")]
    assert set(load.acknowledged) <= set(kept)
    assert_sides_have(running, 1, *kept)


def test_a_stop_ends_without_store_and_pump(running):
    """What waits for them is given up; a client that waits is told."""
    running.tikv_process.kill()
    running.pumps["pump"].kill()
    with pytest.raises(pymysql.err.Error):
        connection = connect(running)
        with connection.cursor() as cursor:
            waiting = threading.Timer(1, running.tidb_process.popen.send_signal, [signal.SIGTERM])
            waiting.start()
            cursor.execute("insert into app.log values (2)")
    assert running.tidb_process.wait(60) == 0


class Load:
    """Clients that insert one number after the other until the server ends."""

    def __init__(self, cluster, clients=8):
        self.cluster = cluster
        self.acknowledged = []
        self.threads = [threading.Thread(target=self._insert, args=(i + 2, clients)) for i in range(clients)]

    def _insert(self, number, step):
        connection = connect(self.cluster)
        with connection.cursor() as cursor:
            try:
                while True:
                    cursor.execute(f"insert into app.log values ({number})")
                    self.acknowledged.append(number)
                    number += step
            except pymysql.err.Error:
                connection.close()

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        for thread in self.threads:
            thread.join()
