"""Drainer's keys at work: filters over several drainers, a checkpoint elsewhere, TLS and encrypted passwords, sync-mode."""
import os
import re

import sides
from localcluster.certificates import Authority
from localcluster.mariadb import MariaDb
from localcluster.process import wait_until


def execute(cluster, *statements):
    with sides.connect(cluster.ports["tidb"]).cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def start_upstream(cluster, pumps=("pump",)):
    cluster.start_pd()
    cluster.start_tikv()
    for pump in pumps:
        cluster.start_pump(pump)
    cluster.start_tidb()


def test_three_drainers_share_two_pumps(cluster):
    """Each with filters and a checkpoint of its own; together they bring everything, once."""
    cluster.mariadb.start()
    start_upstream(cluster, ("pump-a", "pump-b"))
    filters = {
        "apples": 'replicate-do-db = ["~^a"]',
        "tables": '[[syncer.replicate-do-table]]\ndb-name = "b"\ntbl-name = "~^t[0-9]$"\n'
                  '[[syncer.ignore-table]]\ndb-name = "b"\ntbl-name = "T2"',
        "others": 'ignore-schemas = "INFORMATION_SCHEMA,PERFORMANCE_SCHEMA,mysql,~^a,b"\n'
                  '[syncer.binlog-filter-rule.keep]\nignore-event = ["delete", "truncate table"]\n'
                  '[[syncer.table-migrate-rule]]\nbinlog-filter-rule = ["keep"]\nsource = {schema = "c*", table = "log"}',
    }
    for name, keys in filters.items():
        config = (f'[syncer]\ndb-type = "mysql"\nworker-count = 2\n{keys}\n[syncer.to]\nhost = "127.0.0.1"\n'
                  f'port = {cluster.mariadb.port}\nuser = "root"\n[syncer.to.checkpoint]\nschema = "cp_{name}"\n')
        cluster.start_drainer(name, config=config)
    cluster.mariadb.run("create database b")
    execute(cluster, "create database abc", "create table abc.t (id int primary key)",
            "create database b", "create table b.t1 (id int primary key)", "create table b.t2 (id int primary key)",
            "create table b.u (id int primary key)", "create database cc", "create table cc.log (id int primary key)",
            "create table cc.t (id int primary key)")
    for i in range(20):
        for table in ("abc.t", "b.t1", "b.t2", "b.u", "cc.log", "cc.t"):
            execute(cluster, f"insert into {table} values ({i})")
    for table in ("abc.t", "b.t1", "cc.log", "cc.t"):
        execute(cluster, f"delete from {table} where id < 10")
    execute(cluster, "truncate table cc.log", "insert into cc.log values (100)", "truncate table cc.t")
    now = cluster.pd.tso()
    for name in filters:
        cluster.wait_caught_up(now, name)
    counts = {t: cluster.mariadb.rows(f"select count(*) from {t}")[0][0] for t in ("abc.t", "b.t1", "cc.log", "cc.t")}
    assert counts == {"abc.t": "10", "b.t1": "10", "cc.log": "21", "cc.t": "0"}
    assert cluster.mariadb.rows("show tables from b") == [["t1"]]


def test_checkpoint_elsewhere_over_tls(cluster):
    """The checkpoint is on another server, both are reached under TLS as a user whose password is encrypted."""
    authority = Authority(cluster.directory)
    authority.issue("server")
    tls = [f"--ssl-ca={authority.path('ca.pem')}", f"--ssl-cert={authority.path('server.pem')}",
           f"--ssl-key={authority.path('server.key')}"]
    cluster.mariadb.options = tls
    other = MariaDb(os.path.join(cluster.directory, "other"), options=tls)
    out = cluster.binlogctl("-cmd", "encrypt", "-text", "s3cret 'word")
    encrypted = re.search(r'\["encrypt text"\] \[encrypted="?([^"\]]*)"?\]', out.stdout + out.stderr)[1]
    try:
        for server in (cluster.mariadb, other):
            server.start()
            server.run("create user tbl@'%' identified by 's3cret ''word' require ssl; grant all on *.* to tbl@'%'")
        start_upstream(cluster)
        security = f'.security]\nssl-ca = "{authority.path("ca.pem")}"\n'
        config = ('[syncer]\ndb-type = "mysql"\nworker-count = 2\n[syncer.to]\nhost = "127.0.0.1"\nuser = "tbl"\n'
                  f'port = {cluster.mariadb.port}\nencrypted_password = "{encrypted}"\n[syncer.to{security}'
                  f'[syncer.to.checkpoint]\ntype = "mysql"\nhost = "127.0.0.1"\nport = {other.port}\nuser = "tbl"\n'
                  f'schema = "elsewhere"\ntable = "point"\nencrypted_password = "{encrypted}"\n'
                  f'[syncer.to.checkpoint{security}')
        cluster.start_drainer(config=config)
        execute(cluster, "create database d", "create table d.t (id int)")
        for i in range(20):
            execute(cluster, f"insert into d.t values ({i})")
            if i == 10:
                cluster.drainers["drainer"].kill()
                cluster.start_drainer(config=config)
        cluster.wait_caught_up(cluster.pd.tso())
        assert cluster.mariadb.rows("select count(*), count(distinct id) from d.t") == [["20", "20"]]
        assert cluster.drainers["drainer"].terminate() == 0
        assert '"consistent":true' in other.rows("select checkPoint from elsewhere.point")[0][0]
        assert cluster.mariadb.rows("show tables from elsewhere like 'point'") == []
        assert "s3cret" not in cluster.log()
    finally:
        other.stop()


def test_sides_with_other_columns(cluster):
    """sync-mode 2: columns of one side alone; safe-mode beside it; missing-row = stop ends drainer with the row's name."""
    cluster.mariadb.start()
    start_upstream(cluster)
    cluster.start_drainer(config=cluster.drainer_config("worker-count = 2\nsync-ddl = false\nmissing-row = \"stop\"",
                                                        to="sync-mode = 2"))
    cluster.mariadb.run("create database d; create table d.t (id int primary key, v int, own int default 9)")
    execute(cluster, "create database d", "create table d.t (id int primary key, v int, gone int)",
            "insert into d.t values (1, 1, 1), (2, 2, 2)", "update d.t set v = 5, gone = 6 where id = 2")
    cluster.wait_caught_up(cluster.pd.tso())
    cluster.mariadb.run("update d.t set own = 10 where id = 1")
    execute(cluster, "update d.t set v = 7 where id = 1")
    cluster.wait_caught_up(cluster.pd.tso())
    assert cluster.mariadb.rows("select * from d.t order by id") == [["1", "7", "10"], ["2", "5", "9"]]
    cluster.mariadb.run("delete from d.t where id = 2")
    execute(cluster, "update d.t set v = 8 where id = 2")
    drainer = cluster.drainers["drainer"]
    wait_until(lambda: not drainer.running(), 60, "drainer stops at the missing row")
    log = cluster.log()
    assert "table `d`.`t`: 1 rows not found downstream, commit ts" in log and "WHERE `id`=2" in log
