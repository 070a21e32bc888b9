"""SIGKILL at random moments loses nothing and doubles nothing."""
import pytest

from background import Background
from localcluster.capture import Capture
from replay import assert_equal_downstream, play, start_cluster


class Killer(Background):
    """Kills a program several times while the capture plays, and starts it again each time; all of them, however soon the
    capture ends."""

    def __init__(self, rng, times, pause, kill_and_restart):
        super().__init__()
        self.pauses = [rng.uniform(*pause) for _ in range(times)]
        self.kill_and_restart = kill_and_restart

    def run(self):
        for pause in self.pauses:
            self.stop.wait(pause)
            self.kill_and_restart()

    def __exit__(self, *_):
        self.finish()


def kill_count(full):
    return 50 if full else 5


def restart_drainer(cluster, capture):
    cluster.drainers["drainer"].kill()
    cluster.start_drainer(initial_commit_ts=capture.first_ts - 1, wait=False)


def restart_pump(cluster, name="pump"):
    cluster.pumps[name].kill()
    cluster.start_pump(name)


@pytest.mark.parametrize("name", ["types", "stress"])
def test_drainer_is_killed(cluster, rng, full, name):
    capture = Capture(name)
    start_cluster(cluster, capture)
    with Killer(rng, kill_count(full), (0.3, 2.5), lambda: restart_drainer(cluster, capture)):
        play(cluster, capture)
    cluster.wait_caught_up(capture.last_commit_ts, timeout=300)
    assert_equal_downstream(cluster, capture)


def test_pump_is_killed(cluster, rng, full):
    capture = Capture("stress")
    start_cluster(cluster, capture)
    with Killer(rng, kill_count(full), (0.2, 1.5), lambda: restart_pump(cluster)):
        play(cluster, capture)
    cluster.wait_caught_up(capture.last_commit_ts, timeout=300)
    assert_equal_downstream(cluster, capture)


def test_both_are_killed_with_two_pumps(cluster, rng, full):
    capture = Capture("stress")
    pumps = ("pump-a", "pump-b")
    start_cluster(cluster, capture, pumps)

    def strike():
        victim = rng.choice(["drainer", *pumps])
        if victim == "drainer":
            restart_drainer(cluster, capture)
        else:
            restart_pump(cluster, victim)
    with Killer(rng, kill_count(full), (0.2, 1.5), strike):
        play(cluster, capture, pumps)
    cluster.wait_caught_up(capture.last_commit_ts, timeout=300)
    assert_equal_downstream(cluster, capture)


def test_mariadb_is_killed(cluster, rng, full):
    capture = Capture("types")
    start_cluster(cluster, capture)

    def strike():
        cluster.mariadb.kill()
        cluster.mariadb.start()
        if not cluster.drainers["drainer"].running():
            cluster.start_drainer(initial_commit_ts=capture.first_ts - 1, wait=False)
    with Killer(rng, 10 if full else 3, (1.0, 3.0), strike):
        play(cluster, capture)
    cluster.wait_caught_up(capture.last_commit_ts, timeout=300)
    assert_equal_downstream(cluster, capture)
