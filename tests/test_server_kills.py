"""Every acknowledged commit of tidb-server is on both sides, once, whatever is killed meanwhile."""
import threading

import pymysql

import sides
from localcluster.process import wait_until
from test_kills import Killer, kill_count

TABLES = {"keyed": "id int primary key, v varchar(40)", "hidden": "id int, v varchar(40)",
          "uniq": "a int auto_increment primary key, id int, v varchar(40), unique key u (id)",
          "wide": "id bigint, v varchar(40), w decimal(20,4), t datetime(3), primary key (id, v)"}


class Writer:
    """Inserts numbered rows, each in a transaction over two tables, and changes the schema in between."""

    def __init__(self, cluster, rng):
        self.cluster = cluster
        self.rng = rng
        self.acknowledged = []
        self.stop = threading.Event()
        self.error = None
        self.connection = None
        self.thread = threading.Thread(target=self._run)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join()
        if self.error:
            raise self.error

    def _run(self):
        number = 0
        try:
            while not self.stop.is_set():
                number += 1
                self._step(number)
        except Exception as error:  # noqa: handed to the test's thread
            self.error = error

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


def connect(cluster):
    return pymysql.connect(host="127.0.0.1", port=cluster.ports["tidb"], user="root", autocommit=True,
                           connect_timeout=10, read_timeout=60, write_timeout=60)


def execute(cluster, *statements):
    connection = connect(cluster)
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


def start_everything(cluster):
    cluster.start_all()
    execute(cluster, "create database app", "create table app.log (id int primary key)",
            *(f"create table app.{name} ({columns})" for name, columns in TABLES.items()))


def test_acknowledged_commits_are_on_both_sides_once(cluster, rng, full):
    start_everything(cluster)
    strikes = restarts(cluster)
    with Writer(cluster, rng) as writer:
        with Killer(rng, kill_count(full) * (len(strikes) if full else 2), (0.5, 2.5),
                    lambda: rng.choice(strikes)()):
            pass
    assert len(writer.acknowledged) > 50
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
        execute(cluster, f"admin check table app.{table}")


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
