"""What every whole-system test gets: a private cluster directory, and the logs' ends when it fails."""
import os
import random

import pytest

from private_cluster import private_cluster


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    setattr(item, "report_" + call.when, outcome.get_result())


@pytest.fixture
def cluster(request):
    """A Cluster in a directory of its own, nothing started; stopped at the end, kept when it failed."""
    with private_cluster(lambda: getattr(request.node, "report_call", None) and request.node.report_call.failed) as made:
        yield made


@pytest.fixture
def store(cluster):
    """The cluster with PD and the store started: what pump needs."""
    cluster.start_pd()
    cluster.start_tikv()
    return cluster


@pytest.fixture
def running(cluster):
    """A cluster in which everything runs: tidb-server, and drainer following into MariaDB."""
    cluster.start_everything()
    return cluster


@pytest.fixture
def rng():
    """Random numbers; TBL_SEED repeats a run."""
    seed = int(os.environ.get("TBL_SEED") or random.SystemRandom().randrange(1 << 32))
    print(f"TBL_SEED={seed}")
    return random.Random(seed)


@pytest.fixture
def full():
    """True in ./test --full."""
    return bool(os.environ.get("TBL_FULL"))
