"""Random DDL and DML through tidb-server while pump, drainer and MariaDB are killed: both sides end equal, schema included."""
import json

import pymysql

import sides
from test_rows import by_value

SCHEMA = "r"
COLUMNS = ("int", "bigint unsigned", "varchar(20)", "decimal(12,3)", "datetime(3)", "double", "text",
           "enum('a','b','c')", "varbinary(16)", "time", "json", "bit(9)")
NOT_NULL = {"int": "5", "varchar(20)": "'new'", "decimal(12,3)": "1.5", "bigint unsigned": "7"}
KEYS = ("id int, v0 int, primary key (id)", "id int, v0 varchar(20)", "id int auto_increment primary key, v0 int, unique key u (v0)",
        "id varchar(20) primary key, v0 int", "id int, v0 varchar(20), primary key (id, v0)", "id bigint unsigned primary key, v0 int")


class RandomClient:
    """Knows nothing but what the server tells, since a statement may or may not have been done when it is cut."""

    def __init__(self, cluster, rng):
        self.cluster, self.rng = cluster, rng
        self.connection = None
        self.number = 0
        self.refused = 0

    def run(self, statement):
        """False: refused, or the connection is gone."""
        try:
            if self.connection is None:
                self.connection = sides.connect(self.cluster.ports["tidb"], database=SCHEMA, read_timeout=60)
            with self.connection.cursor() as cursor:
                cursor.execute(statement)
            return True
        except (pymysql.err.InterfaceError, OSError):
            self.connection = None
        except pymysql.err.Error as error:
            self.refused += 1
            if error.args[0] in (0, 2006, 2013) or error.args[0] in (1105, 8501):
                self.connection = None
        return False

    def name(self):
        self.number += 1
        return f"n{self.number}"

    def table(self):
        """(name, {column: type}) of some table."""
        try:
            if self.connection is None:
                self.connection = sides.connect(self.cluster.ports["tidb"], database=SCHEMA, read_timeout=60)
            table = self.rng.choice(sides.tables(self.connection, SCHEMA))
            with self.connection.cursor() as cursor:
                cursor.execute("select column_name, column_type from information_schema.columns where table_schema = %s "
                               "and table_name = %s order by ordinal_position", (SCHEMA, table))
                return table, {n: t if isinstance(t, str) else t.decode() for n, t in cursor.fetchall()}
        except (pymysql.err.Error, OSError, IndexError):
            self.connection = None
            return None, {}

    def value(self, kind):
        rng = self.rng
        small = rng.randrange(40)
        if kind.startswith(("int", "bigint", "bit")):
            return str(small)
        if kind.startswith(("varchar", "text", "varbinary")):
            return f"'{rng.choice('aAbB xyz')}{small}'"
        if kind.startswith("decimal"):
            return f"{small}.{rng.randrange(1000):03}"
        if kind.startswith("double"):
            return repr(rng.random() * 10 ** rng.randrange(-5, 9))
        if kind.startswith("datetime"):
            return f"'2024-03-{1 + small % 28:02} 02:{small:02}:00.{rng.randrange(1000):03}'"
        if kind.startswith("enum"):
            return rng.choice(("'a'", "'b'", "'c'", "null"))
        if kind.startswith("time"):
            return f"'{small * 5}:00:01'"
        return "'{\"k\": [%d, null, \"x\"]}'" % small

    def step(self):
        roll = self.rng.random()
        if roll < 0.08:
            self.change_tables()
        elif roll < 0.20:
            self.change_one_table()
        elif roll < 0.85:
            self.change_rows()
        else:
            if not self.run("begin"):
                return
            for _ in range(self.rng.randrange(2, 7)):
                self.change_rows()
            self.run(self.rng.choice(("commit", "commit", "commit", "rollback")))

    def change_tables(self):
        rng = self.rng
        table, _ = self.table()
        kind = rng.randrange(5)
        if kind < 2 or table is None:
            more = "".join(f", c{i} {rng.choice(COLUMNS)}" for i in range(rng.randrange(4)))
            definition = rng.choice(KEYS)
            first, comma, rest = definition.partition(", v0")
            self.run(f"create table {self.name()} ({first}{comma}{rest}{more})")
        elif kind == 2:
            self.run(f"rename table {table} to {self.name()}")
        elif kind == 3:
            self.run(f"truncate table {table}")
        else:
            self.run(f"drop table {table}")

    def change_one_table(self):
        rng = self.rng
        table, columns = self.table()
        if table is None:
            return
        others = [c for c in columns if c not in ("id", "v0")]
        kind = rng.randrange(6)
        if kind == 0:
            column = rng.choice(COLUMNS)
            default = f" not null default {NOT_NULL[column]}" if column in NOT_NULL and rng.random() < 0.5 else ""
            place = rng.choice(("", " first", " after id"))
            self.run(f"alter table {table} add column {self.name()} {column}{default}{place}")
        elif kind == 1 and others:
            self.run(f"alter table {table} drop column {rng.choice(others)}")
        elif kind == 2 and others:
            column = rng.choice(others)
            wider = {"varchar(20)": "varchar(60)", "int(11)": "bigint", "decimal(12,3)": "decimal(12,3)"}.get(columns[column])
            if wider:
                self.run(f"alter table {table} modify column {column} {wider}")
        elif kind == 3:
            self.run(f"alter table {table} add index {self.name()} ({rng.choice(('id', 'v0'))})")
        elif kind == 4:
            self.run(f"alter table {table} drop index n{rng.randrange(1, self.number + 2)}")
        elif others:
            self.run(f"alter table {table} change column {others[0]} {self.name()} {columns[others[0]]}")

    def change_rows(self):
        rng = self.rng
        table, columns = self.table()
        if table is None:
            return
        kind = rng.randrange(4)
        if kind < 2:
            rows = ", ".join("(" + ", ".join(self.value(t) for t in columns.values()) + ")" for _ in range(rng.randrange(1, 6)))
            verb = rng.choice(("insert ignore", "replace", "insert"))
            self.run(f"{verb} into {table} ({', '.join(columns)}) values {rows}")
        elif kind == 2:
            column = rng.choice(list(columns))
            self.run(f"update {table} set {column} = {self.value(columns[column])} where id = {self.value(columns['id'])}")
        else:
            self.run(f"delete from {table} where id = {self.value(columns['id'])}")


def definitions(connection):
    """What both servers say alike of columns and indexes."""
    with connection.cursor() as cursor:
        cursor.execute("select table_name, column_name, data_type, is_nullable from information_schema.columns "
                       "where table_schema = %s", (SCHEMA,))
        columns = {tuple(_text(v) for v in row) for row in cursor.fetchall()}
        cursor.execute("select table_name, lower(index_name), seq_in_index, column_name, non_unique "
                       "from information_schema.statistics where table_schema = %s", (SCHEMA,))
        return columns | {tuple(_text(v) for v in row) for row in cursor.fetchall()}


def _text(value):
    return value.decode() if isinstance(value, bytes) else str(value).lower()


def strike(cluster, rng):
    victim = rng.choice(("drainer", "drainer", "pump", "mariadb"))
    print("killed:", victim)
    if victim == "drainer":
        cluster.drainers["drainer"].kill()
        cluster.start_drainer(wait=False)
    elif victim == "pump":
        cluster.pumps["pump"].kill()
        cluster.start_pump()
    else:
        cluster.wait_drainer()  # which does not start without its database
        cluster.mariadb.kill()
        cluster.mariadb.start()


def rows_by_value(connection, table):
    """Rows as the server sends them, but JSON by value: MariaDB keeps the text that it got."""
    with connection.cursor() as cursor:
        cursor.execute("select column_name from information_schema.columns where table_schema = %s and table_name = %s "
                       "and data_type in ('json', 'longtext')", (SCHEMA, table))
        documents = {_text(row[0]) for row in cursor.fetchall()}
        is_json = [c in documents for c in sides.columns(connection, SCHEMA, table)]
    return sorted((tuple(json.dumps(by_value(v), sort_keys=True).encode() if j and v is not None else v
                         for v, j in zip(row, is_json)) for row in sides.rows(connection, SCHEMA, table)),
                  key=lambda row: tuple((v is not None, v or b"") for v in row))


def test_both_sides_end_equal(cluster, rng, full):
    cluster.start_pd()
    cluster.start_tikv()
    cluster.start_pump()
    cluster.mariadb.start()
    cluster.start_drainer()
    cluster.start_tidb()
    with sides.connect(cluster.ports["tidb"]).cursor() as cursor:
        cursor.execute(f"create database {SCHEMA}")
    client = RandomClient(cluster, rng)
    for _ in range(4):
        client.run(f"create table {client.name()} ({rng.choice(KEYS)})")
    steps, strikes = (8000, 60) if full else (200, 3)
    for i in range(steps):
        client.step()
        if rng.random() < strikes / steps:
            strike(cluster, rng)
    print(f"{client.number} names, {client.refused} statements refused")
    client.run("commit")
    cluster.wait_caught_up(cluster.pd.tso(), timeout=300)
    tidb, mariadb = (sides.connect(port) for port in (cluster.ports["tidb"], cluster.mariadb.port))
    left, right = definitions(tidb), definitions(mariadb)
    kinds = {("json", "longtext")}
    only = {(d, side) for side, rows in (("left", left - right), ("right", right - left)) for d in rows
            if not any(k in d for pair in kinds for k in pair)}
    assert not only, f"definitions differ: {sorted(only)[:10]}"
    for table in sides.tables(tidb, SCHEMA):
        assert rows_by_value(tidb, table) == rows_by_value(mariadb, table), table
    assert client.refused < steps
