"""Every capture, record by record through pump and drainer, gives the tables that TiDB had."""
import pytest

from localcluster.capture import Capture
from replay import assert_equal_downstream, play, start_cluster


@pytest.mark.parametrize("name", ["types", "clustered", "stress"])
def test_capture_arrives(cluster, name):
    capture = Capture(name)
    start_cluster(cluster, capture)
    play(cluster, capture)
    cluster.wait_caught_up(capture.last_commit_ts)
    assert_equal_downstream(cluster, capture)


def test_two_pumps_share_the_stream(cluster):
    capture = Capture("stress")
    pumps = ("pump-a", "pump-b")
    start_cluster(cluster, capture, pumps)
    play(cluster, capture, pumps)
    cluster.wait_caught_up(capture.last_commit_ts)
    assert_equal_downstream(cluster, capture)


def test_a_clean_stop_and_start_in_the_middle(cluster):
    """Drainer stops with SIGTERM half way and goes on from its checkpoint."""
    capture = Capture("types")
    start_cluster(cluster, capture)
    play(cluster, capture)
    assert cluster.drainers["drainer"].terminate() == 0
    assert cluster.node_state("drainers", "drainer") == "paused"
    cluster.start_drainer(initial_commit_ts=capture.first_ts - 1)
    cluster.wait_caught_up(capture.last_commit_ts)
    assert_equal_downstream(cluster, capture)
