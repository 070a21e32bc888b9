"""Regions split, merge and change their leaders several times a second: everything goes on through it."""
import json
import os

import sides
from localcluster.cluster import http_get
from localcluster.codec import record_key
from localcluster.process import wait_until
from roaming import RoamingTikv
from test_orphans import Tidb, served
from test_server_kills import TABLES, Writer, arrived, end, execute

UNREST = ('split-every = "150ms"\nmove-leader-every = "100ms"\nelection-time = "30ms"\nreport-delay = "80ms"\n'
          "max-regions = 24\nbusy-percent = 1\n")


def changes(cluster, what):
    """How often the store's log tells of a change."""
    with open(os.path.join(cluster.directory, "tikv.log"), encoding="utf-8") as log:
        return sum(what in line for line in log)


def unrest(cluster):
    """Whether enough has happened to the regions for the test to say something."""
    return changes(cluster, "region split") > 20 and changes(cluster, "leader moved") > 20 \
        and changes(cluster, "regions merged") > 0


def start_restless(cluster):
    cluster.start_pd()
    cluster.start_tikv(UNREST)
    cluster.start_pump()
    cluster.start_tidb()
    cluster.mariadb.start()
    cluster.start_drainer()


def test_writes_arrive_while_regions_move(cluster, rng, full):
    start_restless(cluster)
    execute(cluster, "create database app", "create table app.log (id int primary key)",
            *(f"create table app.{name} ({columns})" for name, columns in TABLES.items()))
    rows = 3000 if full else 250

    def strike_tikv():
        cluster.tikv_process.kill()
        cluster.start_tikv(UNREST)

    def strike_pump():
        cluster.pumps["pump"].kill()
        cluster.start_pump()

    def strike_drainer():
        cluster.drainers["drainer"].kill()
        cluster.start_drainer()
    strikes = [strike_tikv, strike_pump, strike_drainer]
    rng.shuffle(strikes)
    with Writer(cluster, rng) as writer:
        for number, strike in enumerate(strikes, 1):
            goal = rows * number // (len(strikes) + 1)
            wait_until(lambda: len(writer.acknowledged) > goal, 180, "rows are written")
            strike()
        wait_until(lambda: len(writer.acknowledged) > rows, 180, "enough rows are written")
        wait_until(lambda: unrest(cluster), 180, "the rows are written while regions move")
    wait_until(lambda: end(cluster), 60, "tidb-server takes a last commit", poll=0.5)
    wait_until(lambda: arrived(cluster), 120, "the last commit has arrived in MariaDB", poll=0.5)
    left, right = sides.connect(cluster.ports["tidb"]), sides.connect(cluster.mariadb.port)
    assert sides.differences(left, right, ["app"]) == []
    assert set(writer.acknowledged) <= {r[0] for r in execute(cluster, "select id from app.log")}
    for table in TABLES:
        execute(cluster, f"admin check table app.{table}", read_timeout=300)


def test_tables_are_read_over_many_regions(cluster, rng):
    """Scans, index lookups, deletes over borders, and dropping a table, whose ranges lie in several regions."""
    start_restless(cluster)
    execute(cluster, "create database app", "create table app.t (a int primary key, b int, c varchar(60), key b (b))")
    model = {}
    for base in range(0, 1200, 200):
        values = {base + i: rng.randrange(50) for i in range(200)}
        execute(cluster, "insert into app.t values " + ",".join(f"({a}, {b}, repeat('x', 50))" for a, b in values.items()))
        model.update(values)
    table = execute(cluster, "select tidb_table_id from information_schema.tables where table_name = 't'")[0][0]
    store = RoamingTikv(cluster.pd)
    handles = rng.sample(range(1, 1200), 6)
    for handle in handles:
        store.split(record_key(table, handle))
        b = rng.randrange(50)
        found = [r[0] for r in execute(cluster, f"select a from app.t where b = {b} order by a desc")]
        assert found == sorted((k for k, v in model.items() if v == b), reverse=True)
        low = rng.randrange(1200)
        execute(cluster, f"delete from app.t where a between {low} and {low + 30}")
        model = {k: v for k, v in model.items() if not low <= k <= low + 30}
        assert execute(cluster, "select count(*), sum(b) from app.t") == ((len(model), sum(model.values())),)
    execute(cluster, "begin", f"update app.t set b = b + 1000 where a >= {low}", "commit",
            "admin check table app.t", "drop table app.t", "create table app.t (a int primary key)",
            "insert into app.t values (1)")
    assert execute(cluster, "select * from app.t") == ((1,),)
    body = http_get(f"http://{cluster.address('tidb-status')}/tables/app/t/regions")
    assert json.loads(body)["record_regions"]


def test_an_orphan_is_settled_where_its_region_has_gone(cluster):
    """Pump learnt of the region when it settled the first orphan; then it was cut and led from elsewhere."""
    cluster.start_pd()
    cluster.start_tikv('move-leader-every = "100ms"\nelection-time = "20ms"')
    cluster.start_pump()
    store = RoamingTikv(cluster.pd)
    tidb = Tidb(cluster)
    expected = []
    for number in range(3):
        start_ts, key = tidb.begin()
        store.prewrite(key, b"v", key, start_ts)
        if number != 1:
            commit_ts = cluster.pd.tso()
            store.commit(key, start_ts, commit_ts)
            expected.append((start_ts, commit_ts))
        else:
            m = store.messages
            store.call("KvBatchRollback", key, m.BatchRollbackRequest(start_version=start_ts, keys=[key]),
                       m.BatchRollbackResponse)
        assert served(cluster, cluster.pd.tso()) == expected
        store.split(record_key(77, number + 2))
    regions = {store.region(record_key(77, n)).region.id for n in range(1, 4)}
    assert len(regions) == 3
    assert "not_leader" in store.refusals or changes(cluster, "leader moved") > 0
