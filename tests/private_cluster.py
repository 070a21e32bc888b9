"""A cluster in a directory of its own, for as long as a test or a file of tests."""
import contextlib
import shutil
import tempfile

from localcluster.cluster import Cluster


@contextlib.contextmanager
def private_cluster(has_failed):
    """Nothing is started. Stopped at the end; when has_failed() says so, the logs' ends are shown and the directory is
    kept."""
    directory = tempfile.mkdtemp(prefix="tbl-test-")
    cluster = Cluster(directory)
    yield cluster
    failed = has_failed()
    if failed:
        print(cluster.tails())
    cluster.stop()
    if failed:
        print(f"kept: {directory}")
    else:
        shutil.rmtree(directory, ignore_errors=True)
