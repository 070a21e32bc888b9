"""tidb-server lives on when PD is out of reach, and commits nothing while another server could own the cluster."""
import os
import subprocess

import pymysql
import pytest

from localcluster.process import wait_until
from test_server_kills import connect, execute

KEY = "/tidb/server/owner"


def etcdctl(cluster, *arguments):
    return subprocess.run(["etcdctl", "--endpoints", cluster.address("pd"), *arguments], stdout=subprocess.PIPE,
                          env={**os.environ, "ETCDCTL_API": "3"}, check=True, text=True).stdout


def lease_of_key(cluster):
    text = etcdctl(cluster, "get", KEY, "-w", "fields")
    return next(int(line.split(":")[1]) for line in text.splitlines() if line.startswith('"Lease"'))


def logged(cluster, text):
    with open(os.path.join(cluster.directory, "tidb.log"), encoding="utf-8") as log:
        return any(text in line for line in log)


@pytest.fixture
def serving(cluster):
    cluster.start_pd()
    cluster.start_tikv()
    cluster.start_pump()
    cluster.start_tidb()
    execute(cluster, "create database app", "create table app.t (a int primary key)", "insert into app.t values (1)")
    return cluster


def writes(cluster, number):
    try:
        execute(cluster, f"insert into app.t values ({number})")
        return True
    except (pymysql.err.Error, OSError):
        return False


def test_lives_on_without_pd(serving):
    cluster = serving
    connection = connect(cluster)
    cluster.pd_process.kill()
    wait_until(lambda: logged(cluster, "nothing is committed until PD is back"), 60, "the lease has run out")
    with connection.cursor() as cursor:
        with pytest.raises(pymysql.err.Error) as caught:
            cursor.execute("insert into app.t values (2)")
    assert caught.value.args[0] in (8027, 9001), caught.value
    assert cluster.tidb_process.running()
    cluster.pd.close()
    cluster.start_pd()
    wait_until(lambda: writes(cluster, 3), 60, "it goes on when PD is back")
    wait_until(lambda: logged(cluster, "the owner key is held again"), 30, "the key is held again")
    execute(cluster, "alter table app.t add column b int default 7", "insert into app.t values (4, 4)")
    assert execute(cluster, "select * from app.t order by a") == ((1, 7), (3, 7), (4, 4))


def test_a_key_that_nobody_took_is_taken_again(serving):
    cluster = serving
    etcdctl(cluster, "lease", "revoke", f"{lease_of_key(cluster):x}")
    wait_until(lambda: KEY in etcdctl(cluster, "get", KEY), 60, "the key is back")
    wait_until(lambda: writes(cluster, 2), 60, "it goes on")
    assert cluster.tidb_process.running()


def test_who_was_replaced_ends(serving):
    cluster = serving
    lease = lease_of_key(cluster)
    # As another server does that finds the key gone.
    etcdctl(cluster, "put", "/tidb/server/last_owner", "another")
    etcdctl(cluster, "lease", "revoke", f"{lease:x}")
    wait_until(lambda: not cluster.tidb_process.running(), 60, "it ends")
    assert cluster.tidb_process.popen.returncode == 1
    assert logged(cluster, "another tidb-server has taken the owner key")
