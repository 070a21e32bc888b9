"""What goes wrong around drainer at night: what binlogctl -cmd why and the log say of it, and that it goes on by itself."""
import json
import re

import sides
from localcluster.cluster import http_get
from localcluster.process import free_port, wait_until
from test_dry_run import run as run_drainer
from test_server_kills import execute

ADVICE = r"had applied everything up to (\d+), but there is no checkpoint"


def reasons(cluster):
    body = http_get(f"http://{cluster.address('drainer')}/debug/why")
    return json.loads(body)["reasons"] if body else []


def wait_for_reason(cluster, *words):
    wait_until(lambda: any(all(w in reason for w in words) for reason in reasons(cluster)), 60, f"a reason says {words}")


def wait_for_none(cluster, words):
    wait_until(lambda: reasons(cluster) and not any(words in reason for reason in reasons(cluster)), 60,
               f"no reason says {words!r} any more")


def make_table(cluster):
    execute(cluster, "create database d", "create table d.t (id int primary key, v int)", "insert into d.t values (1, 1)")
    cluster.wait_caught_up(cluster.pd.tso())


def rows(cluster, sql="select id, v from d.t order by id"):
    return cluster.mariadb.rows(sql)


def test_why_names_what_is_away(running):
    """The downstream, a lock there, a pump: each is named while it lasts, and forgotten."""
    make_table(running)
    running.mariadb.kill()
    execute(running, "insert into d.t values (2, 2)")
    wait_for_reason(running, "the downstream fails for ", f"127.0.0.1:{running.mariadb.port}")
    told = json.loads(running.binlogctl("-cmd=why").stdout)["drainers"]["drainer"]["reasons"]
    assert any("the downstream fails" in reason for reason in told)
    running.mariadb.start()
    wait_for_none(running, "the downstream")
    running.wait_caught_up(running.pd.tso())
    assert "the downstream is there again" in running.log()

    lock = sides.connect(running.mariadb.port)
    with lock.cursor() as cursor:
        cursor.execute("begin")
        cursor.execute("select * from d.t where id = 1 for update")
        execute(running, "update d.t set v = 5 where id = 1")
        wait_for_reason(running, "the downstream has not answered for ", "(rows, commit ts ")
    lock.rollback()
    lock.close()
    running.wait_caught_up(running.pd.tso())

    running.pumps["pump"].kill()
    wait_for_reason(running, "pump pump (online) cannot be read: " + running.address("pump"))
    running.start_pump()
    wait_for_none(running, "cannot be read")
    execute(running, "insert into d.t values (3, 3)")
    running.wait_caught_up(running.pd.tso())
    assert rows(running) == [["1", "5"], ["2", "2"], ["3", "3"]]


def test_a_second_drainer_of_the_same_id_is_refused(running):
    """Though it has another address, directory and checkpoint; after a kill the id is free at another address, too."""
    make_table(running)
    config = running.drainer_config(to='[syncer.to.checkpoint]\nschema = "other"')
    address = f"127.0.0.1:{free_port()}"
    elsewhere = [f"-addr={address}", f"-advertise-addr={address}", "-data-dir=other.data", "-log-file=other.log"]
    first = running.drainers["drainer"]
    second = running.start_drainer(config=config, wait=False, extra=elsewhere)
    assert second.wait(60) == 1
    with open(second.output, encoding="utf-8") as out:
        assert "node id drainer is in use: a drainer answers as it at " + running.address("drainer") in out.read(), "on stderr"
    first.kill()
    third = running.start_drainer(wait=False, extra=elsewhere)
    third.wait_ready(lambda: http_get(f"http://{address}/status"), timeout=60)


def test_a_downstream_that_is_the_upstream_itself(cluster):
    """TiDB's port for MariaDB's: rows without a key would multiply for ever."""
    cluster.start_pd()
    cluster.start_tikv()
    cluster.start_pump()
    cluster.start_tidb()
    execute(cluster, "create database d", "create table d.t (v int)")
    config = cluster.drainer_config().replace(f"port = {cluster.mariadb.port}", f"port = {cluster.ports['tidb']}")
    drainer = cluster.start_drainer(config=config)
    execute(cluster, "insert into d.t values (1)")
    assert drainer.wait(60) == 2
    assert "what this drainer applied comes back to it: the downstream (`syncer.to`) is the upstream itself" in cluster.log()
    assert int(execute(cluster, "select count(*) from d.t")[0][0]) < 10


def test_a_column_that_somebody_took_away_is_told(running):
    """Also when rows of that table have been written before."""
    make_table(running)
    running.mariadb.run("alter table d.t drop column v")
    execute(running, "insert into d.t values (2, 2)")
    running.wait_caught_up(running.pd.tso())
    assert re.search(r"column is missing downstream, its values are left out.*`d`\.`t`.*column=v", running.log())
    assert rows(running, "select id from d.t order by id") == [["1"], ["2"]]


def test_a_checkpoint_that_is_gone_is_told(running):
    """Without one drainer begins now, as the original does; where it was, and how to go back there, is in the log."""
    make_table(running)
    assert run_drainer(running, "-dry-run", "-node-id=drainer")[1].find("but there is no checkpoint") == -1
    assert running.drainers["drainer"].terminate() == 0
    execute(running, "insert into d.t values (2, 2)")
    running.mariadb.run("drop database tidb_binlog")
    code, text = run_drainer(running, "-dry-run", "-node-id=drainer")
    ts = re.search(ADVICE, text)[1]
    assert code == 0
    running.start_drainer()
    assert re.search(ADVICE, running.log())[1] == ts
    running.wait_caught_up(running.pd.tso())
    assert rows(running) == [["1", "1"]]

    assert running.drainers["drainer"].terminate() == 0
    running.mariadb.run("delete from tidb_binlog.checkpoint")
    running.start_drainer(initial_commit_ts=ts, extra=["-safe-mode"])
    running.wait_caught_up(running.pd.tso())
    assert rows(running) == [["1", "1"], ["2", "2"]]
    assert len(re.findall(ADVICE, running.log())) == 1
    assert "begins in the future" not in running.log()

    assert running.drainers["drainer"].terminate() == 0
    running.mariadb.run("delete from tidb_binlog.checkpoint")
    running.start_drainer(initial_commit_ts=running.pd.tso() + (3600_000 << 18))
    assert "begins in the future" in running.log()
