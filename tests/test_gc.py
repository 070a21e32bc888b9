"""Garbage collection as TiDB's, while a drainer is away: what is old goes, what somebody needs stays."""
import subprocess

import pymysql
import pytest

import sides
from localcluster.codec import record_key
from localcluster.process import wait_until
from test_server_kills import execute

HALF_AN_HOUR_MS = 30 * 60 * 1000


def settings(cluster):
    return dict(execute(cluster, "select variable_name, variable_value from mysql.tidb"))


def table_id(cluster, name):
    return execute(cluster, "select tidb_table_id from information_schema.tables "
                   f"where table_schema = 'app' and table_name = '{name}'")[0][0]


class Store:
    """What tikv-server and PD say, through grpcio."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.tikv = cluster.tikv()

    def versions(self, key):
        m = self.tikv.messages
        request = m.MvccGetByKeyRequest(context=self.tikv.context, key=key)
        return list(self.tikv.call("MvccGetByKey", request, m.MvccGetByKeyResponse).info.writes)

    def hold(self, service, safe_point):
        """Registers a service's safe point for a day, as pumps and drainers do."""
        pd = self.cluster.pd
        m = pd.messages
        answer = pd.caller.unary("/pdpb.PD/UpdateServiceGCSafePoint", m.UpdateServiceGCSafePointRequest(
            header=pd.header(), service_id=service.encode(), TTL=86400, safe_point=safe_point),
            m.UpdateServiceGCSafePointResponse)
        assert answer.min_safe_point <= safe_point

    def safe_point(self):
        pd = self.cluster.pd
        m = pd.messages
        return pd.caller.unary("/pdpb.PD/GetGCSafePoint", m.GetGCSafePointRequest(header=pd.header()),
                               m.GetGCSafePointResponse).safe_point


def update_often(cluster, first, last):
    execute(cluster, *(f"update app.versions set v = {i} where id = 1" for i in range(first, last + 1)))


def saved_safe_point(cluster):
    return subprocess.run(["etcdctl", "--endpoints", cluster.address("pd"), "get", "--print-value-only",
                           "/tidb/store/gcworker/saved_safe_point"], stdout=subprocess.PIPE, text=True,
                          check=True).stdout.strip()


def assert_sides_become_equal(cluster):
    execute(cluster, "create database the_end")
    wait_until(lambda: ["the_end"] in cluster.mariadb.rows("show databases"), 60, "everything has arrived")
    left, right = sides.connect(cluster.ports["tidb"]), sides.connect(cluster.mariadb.port)
    assert sides.differences(left, right, ["app"]) == []


def test_collection_while_a_drainer_is_away(cluster):
    cluster.start_everything()
    wait_until(lambda: "tikv_gc_life_time" in settings(cluster), 30, "the settings are there")
    assert settings(cluster)["tikv_gc_life_time"] == settings(cluster)["tikv_gc_run_interval"] == "10m0s"
    assert settings(cluster)["tikv_gc_enable"] == "true"
    execute(cluster, "create database app", "create table app.versions (id int primary key, v int, key k (v))",
            "create table app.dropped (id int primary key)", "create table app.cut (id int primary key)",
            "create table app.later (id int primary key)", "insert into app.versions values (1, 0)",
            "insert into app.dropped values (1)", "insert into app.cut values (1)", "insert into app.later values (1)")
    ids = {name: table_id(cluster, name) for name in ("versions", "dropped", "cut", "later")}
    store = Store(cluster)
    assert cluster.drainers["drainer"].terminate() == 0

    update_often(cluster, 1, 20)
    execute(cluster, "drop table app.dropped", "truncate table app.cut", "alter table app.versions drop index k",
            "insert into app.cut values (2)")
    held = cluster.pd.tso()
    store.hold("drainer_1", held)
    update_often(cluster, 21, 40)
    execute(cluster, "drop table app.later")
    row = record_key(ids["versions"], 1)
    assert len(store.versions(row)) == 41
    assert len(execute(cluster, "select * from mysql.gc_delete_range")) == 4

    cluster.set_clock(HALF_AN_HOUR_MS)
    wait_until(lambda: store.safe_point() == held, 240, "the safe point stands where the drainer holds it", poll=0.5)
    wait_until(lambda: len(store.versions(row)) == 21, 60, "the store has dropped old versions", poll=0.5)
    assert saved_safe_point(cluster) == str(held)
    assert store.versions(record_key(ids["dropped"], 1)) == store.versions(record_key(ids["cut"], 1)) == []
    assert len(store.versions(record_key(ids["later"], 1))) == 1
    assert execute(cluster, "select element_id from mysql.gc_delete_range") == ((ids["later"],),)
    done = execute(cluster, "select element_id from mysql.gc_delete_range_done order by element_id")
    assert done == tuple(sorted([(1,), (ids["dropped"],), (ids["cut"],)]))
    # What the service holds can be read; below it is nothing any more.
    assert execute(cluster, f"set tidb_snapshot = '{held}'", "select v from app.versions") == ((20,),)
    with pytest.raises(pymysql.err.Error, match="snapshot is older than GC safe point"):
        execute(cluster, f"set tidb_snapshot = '{held - (10 << 10 << 18)}'")

    cluster.start_drainer()
    assert_sides_become_equal(cluster)
