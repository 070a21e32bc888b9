"""Every acknowledged commit of tidb-server is on both sides, once, whatever is killed meanwhile."""
import json
import signal
import threading

import pymysql

import sides
from background import Background
from localcluster.cluster import http_get
from localcluster.codec import record_key
from localcluster.process import wait_until
from test_kills import Killer, kill_count

TABLES = {"keyed": "id int primary key, v varchar(40)", "hidden": "id int, v varchar(40)",
          "uniq": "a int auto_increment primary key, id int, v varchar(40), unique key u (id)",
          "wide": "id bigint, v varchar(40), w decimal(20,4), t datetime(3), primary key (id, v)"}


class Writer(Background):
    """Inserts numbered rows, each in a transaction over two tables, and changes the schema in between."""

    def __init__(self, cluster, rng):
        super().__init__()
        self.cluster = cluster
        self.rng = rng
        self.acknowledged = []
        self.connection = None

    def run(self):
        number = 0
        while not self.stop.is_set():
            number += 1
            self._step(number)

    def _step(self, number):
        """A failure leaves open whether the step happened: its number is not counted, and not used again."""
        try:
            if self.connection is None:
                self.connection = connect(self.cluster)
            if number % 40 == 0:
                self._change_schema(number)
            else:
                self._insert(number)
                self.acknowledged.append(number)
        except (pymysql.err.Error, OSError):
            self._hang_up()
            self.stop.wait(0.1)

    def _hang_up(self):
        if self.connection is not None:
            try:
                self.connection.close()
            except (pymysql.err.Error, OSError):
                pass
        self.connection = None

    def _insert(self, number):
        with self.connection.cursor() as cursor:
            cursor.execute("begin")
            for table in self.rng.sample(sorted(TABLES), 2):
                cursor.execute(f"insert into app.{table} (id, v) values (%s, %s)", (number, f"row {number}"))
            cursor.execute("insert into app.log values (%s)", (number,))
            cursor.execute("commit")

    def _change_schema(self, number):
        table = self.rng.choice(sorted(TABLES))
        with self.connection.cursor() as cursor:
            cursor.execute(self.rng.choice([
                f"alter table app.{table} add column c{number} int default {number}",
                f"alter table app.{table} add index i{number} (v)",
                f"create table app.t{number} (a int primary key, b text)"]))


def connect(cluster, read_timeout=60):
    return pymysql.connect(host="127.0.0.1", port=cluster.ports["tidb"], user="root", autocommit=True,
                           connect_timeout=10, read_timeout=read_timeout, write_timeout=60)


def execute(cluster, *statements, read_timeout=60):
    connection = connect(cluster, read_timeout)
    try:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall()
    finally:
        connection.close()


def restarts(cluster):
    """What may be struck: each kills one program and starts it again."""
    def mariadb():
        cluster.mariadb.kill()
        cluster.mariadb.start()

    def drainer():
        cluster.drainers["drainer"].kill()
        cluster.start_drainer()

    def pump():
        cluster.pumps["pump"].kill()
        cluster.start_pump()

    def tikv():
        cluster.tikv_process.kill()
        cluster.start_tikv()

    def pd():
        cluster.pd_process.kill()
        cluster.start_pd()

    def tidb():
        cluster.tidb_process.kill()
        cluster.start_tidb()
    return [mariadb, drainer, pump, tikv, pd, tidb]


def start_with_tables(cluster):
    cluster.start_everything()
    execute(cluster, "create database app", "create table app.log (id int primary key)",
            *(f"create table app.{name} ({columns})" for name, columns in TABLES.items()))


def test_acknowledged_commits_are_on_both_sides_once(cluster, rng, full):
    start_with_tables(cluster)
    strikes = restarts(cluster)
    with Writer(cluster, rng) as writer:
        with Killer(rng, kill_count(full) * (len(strikes) if full else 2), (0.5, 2.5), lambda: rng.choice(strikes)()):
            pass
        wait_until(lambda: len(writer.acknowledged) > 50, 120, "enough rows are written")
    # The last commit is the last to arrive.
    wait_until(lambda: end(cluster), 120, "tidb-server takes a last commit", poll=0.5)
    # What a killed tidb-server left without an outcome is decided when it is ten minutes old by PD's clock.
    cluster.set_clock(11 * 60 * 1000)
    wait_until(lambda: arrived(cluster), 300, "the last commit has arrived in MariaDB", poll=0.5)
    left = sides.connect(cluster.ports["tidb"])
    right = sides.connect(cluster.mariadb.port)
    assert sides.differences(left, right, ["app"]) == []
    log = {r[0] for r in execute(cluster, "select id from app.log")}
    assert set(writer.acknowledged) <= log
    for table in TABLES:
        ids = [r[0] for r in execute(cluster, f"select id from app.{table}")]
        assert len(ids) == len(set(ids)), f"{table}: rows twice"
        # A long run leaves dozens of indexes over tens of thousands of rows.
        execute(cluster, f"admin check table app.{table}", read_timeout=900)


def test_killed_between_prewrite_and_commit(cluster):
    """Its lock holds the stream only until the lock's owner must be gone, and nothing of it is on either side."""
    cluster.start_everything()
    execute(cluster, "create database app", "create table app.t (id int primary key)", "insert into app.t values (1)")
    table = execute(cluster, "select tidb_table_id from information_schema.tables where table_name = 't'")[0][0]
    tikv = cluster.tikv()
    key = record_key(table, 2)

    def lock_type():
        m = tikv.messages
        info = tikv.call("MvccGetByKey", m.MvccGetByKeyRequest(context=tikv.context, key=key),
                         m.MvccGetByKeyResponse).info
        return m.Op.Name(info.lock.type) if info.HasField("lock") else None
    connection = connect(cluster)
    cursor = connection.cursor()
    cursor.execute("begin pessimistic")
    cursor.execute("insert into app.t values (2)")
    # Without PD nobody gets a commit ts.
    cluster.pd_process.popen.send_signal(signal.SIGSTOP)
    committing = threading.Thread(target=fails, args=(cursor, "commit"))
    committing.start()
    try:
        wait_until(lambda: lock_type() == "Put", 30, "the row is prewritten")
    finally:
        cluster.tidb_process.kill()
        cluster.pd_process.popen.send_signal(signal.SIGCONT)
    committing.join()
    cluster.start_tidb()
    execute(cluster, "insert into app.t values (3)")
    wait_until(lambda: waits_for_an_outcome(cluster), 30, "pump waits for the outcome")
    assert downstream_ids(cluster) == [["1"]]
    cluster.set_clock(3 * 60 * 1000)
    wait_until(lambda: downstream_ids(cluster) == [["1"], ["3"]], 60, "the stream goes on")
    assert [r[0] for r in execute(cluster, "select id from app.t order by id")] == [1, 3]


def downstream_ids(cluster):
    return cluster.mariadb.rows("select id from app.t order by id")


def fails(cursor, statement):
    try:
        cursor.execute(statement)
    except (pymysql.err.Error, OSError):
        return
    raise AssertionError(f"{statement} was acknowledged")


def waits_for_an_outcome(cluster):
    """Pump has a committed transaction that stands behind one without an outcome."""
    why = json.loads(http_get(f"http://{cluster.address('pump')}/debug/why"))
    return why["unresolved"] > 0 and why["committedWaiting"] > 0


def end(cluster):
    try:
        execute(cluster, "create table if not exists app.the_end (a int)", "insert into app.the_end values (1)")
        return True
    except (pymysql.err.Error, OSError):
        return False


def arrived(cluster):
    return cluster.mariadb.rows("select count(*) > 0 from information_schema.tables where table_schema = 'app' "
                                "and table_name = 'the_end'") == [["1"]] and \
        cluster.mariadb.rows("select count(*) > 0 from app.the_end") == [["1"]]
