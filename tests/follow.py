"""The end of a test in which drainer follows: waits until it has arrived, then compares."""
import sides
from localcluster.process import wait_until


def assert_sides_are_equal(cluster, *schemas):
    """Everything that was committed before is in MariaDB, and the databases are equal there."""
    left, right = sides.connect(cluster.ports["tidb"]), sides.connect(cluster.mariadb.port)
    with left.cursor() as cursor:
        cursor.execute("create database the_end")
    wait_until(lambda: ["the_end"] in cluster.mariadb.rows("show databases"), 120, "everything has arrived", poll=0.2)
    assert sides.differences(left, right, schemas) == []
