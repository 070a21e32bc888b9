"""Steps that the capture tests share."""
from localcluster.capture import Capture, Player, compare_tables


def start_cluster(cluster, capture, pumps=("pump",), drainer=True, config=""):
    """PD's clock a day before the capture, its DDL history in the store, pumps and drainer running."""
    cluster.set_clock_before(capture.first_ts)
    cluster.start_pd()
    cluster.start_tikv()
    cluster.load_history(capture.jobs())
    for name in pumps:
        cluster.start_pump(name)
    if drainer:
        cluster.mariadb.start()
        cluster.start_drainer(initial_commit_ts=capture.first_ts - 1, config=config)


def play(cluster, capture, pumps=("pump",), **options):
    """Sends everything, then lets PD's clock pass it, so that fake binlogs flush the end."""
    addresses = [cluster.address(name) for name in pumps]
    Player(capture, addresses, cluster.pd.cluster_id, **options).play()
    cluster.set_clock_after(capture.last_ts)


def expected_tables(capture):
    """A recording of `stress` also holds what `types` recorded; its own expectation names one database,
    so the tables of `types` stand beside it."""
    expected = dict(capture.expected())
    if capture.name == "stress":
        expected.update(Capture("types").expected())
    return expected


def assert_equal_downstream(cluster, capture):
    problems = compare_tables(cluster.mariadb, expected_tables(capture))
    assert not problems, "\n".join(problems)
