"""The relay log: every transaction stands in it before it goes downstream, and brings the downstream to its end without
PD and pumps."""
import glob
import json
import os
import struct

import pytest

import sides
from follow import assert_sides_are_equal
from localcluster import stubs
from localcluster.process import wait_until
from test_kills import Killer
from test_server_kills import TABLES, Writer, arrived, end, execute

MAGIC = 471532804


def crc_table():
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return table


CRC_TABLE = crc_table()


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ CRC_TABLE[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


def relay_config(cluster, more=""):
    return cluster.drainer_config(syncer=f'relay.log-dir = "{directory(cluster)}"\n{more}')


def directory(cluster):
    return os.path.join(cluster.directory, "relay")


def files(cluster):
    return sorted(glob.glob(os.path.join(directory(cluster), "binlog-*")))


def records(cluster):
    """All whole messages, read as another program would: the last one may be under way."""
    binlog = stubs.load("slave_binlog").Binlog
    found = []
    for path in files(cluster):
        with open(path, "rb") as f:
            data = f.read()
        while len(data) >= 12:
            magic, length = struct.unpack_from("<IQ", data)
            assert magic == MAGIC
            if len(data) < 16 + length:
                break
            payload = data[12:12 + length]
            assert struct.unpack_from("<I", data, 12 + length)[0] == crc32c(payload)
            found.append(binlog.FromString(payload))
            data = data[16 + length:]
    return found


def transactions(cluster):
    return sum(record.HasField("dml_data") for record in records(cluster))


def checkpoint(cluster):
    return json.loads(cluster.mariadb.rows("select checkPoint from tidb_binlog.checkpoint")[0][0])


def start(cluster, more=""):
    cluster.start_pd()
    cluster.start_tikv()
    cluster.start_pump()
    cluster.start_tidb()
    cluster.mariadb.start()
    cluster.start_drainer(config=relay_config(cluster, more))


def test_what_stands_in_it(cluster):
    start(cluster)
    execute(cluster, "create database app",
            "create table app.t (a int primary key, u bigint unsigned, d decimal(10,3), s varchar(20), b varbinary(9), "
            "t datetime(3), e enum('x','y'), j json, f float, bi bit(9), y year)",
            "insert into app.t values (1, 18446744073709551615, -1.5, 'ä', x'00ff', '2024-02-29 01:02:03.456', 'y', "
            "'{\"k\": [1, null]}', 1.1, b'100000001', 1999)",
            "update app.t set s = 'new', d = null where a = 1", "delete from app.t where a = 1")
    assert_sides_are_equal(cluster, "app")
    messages = stubs.load("slave_binlog")
    found = records(cluster)
    assert [r.commit_ts for r in found] == sorted(r.commit_ts for r in found)
    ddl = [r.ddl_data for r in found if r.type == messages.DDL]
    assert [(d.schema_name, d.table_name) for d in ddl] == [("app", ""), ("app", "t"), ("the_end", "")]
    assert ddl[1].ddl_query.startswith(b"create table app.t")
    insert, update, delete = [r.dml_data.tables[0] for r in found if r.type == messages.DML]
    names = {c.name: c.mysql_type for c in insert.column_info}
    assert names == {"a": "int", "u": "bigint", "d": "decimal", "s": "varchar", "b": "varbinary", "t": "datetime",
                     "e": "enum", "j": "json", "f": "float", "bi": "bit", "y": "year"}
    assert [(k.name, list(k.column_names)) for k in insert.unique_keys] == [("PRIMARY", ["a"])]
    row = dict(zip(names, insert.mutations[0].row.columns))
    assert (row["a"].int64_value, row["u"].uint64_value) == (1, 2 ** 64 - 1)
    assert (row["d"].string_value, row["s"].string_value, row["b"].bytes_value) == (b"-1.500", "ä".encode(), b"\x00\xff")
    assert (row["t"].string_value, row["y"].string_value) == (b"2024-02-29 01:02:03.456", b"1999")
    assert (row["e"].uint64_value, row["bi"].bytes_value) == (2, b"\x01\x01")
    assert json.loads(row["j"].bytes_value) == {"k": [1, None]}
    assert row["f"].double_value == struct.unpack("f", struct.pack("f", 1.1))[0]
    changed = update.mutations[0]
    assert (changed.type, changed.row.columns[3].string_value, changed.change_row.columns[3].string_value) == (
        messages.Update, b"new", "ä".encode())
    assert changed.row.columns[2].is_null
    assert delete.mutations[0].type == messages.Delete


def strand(cluster, tables):
    """Rows that stand in the relay log and not downstream; then everything upstream is gone. What was committed."""
    already = transactions(cluster)
    lock = sides.connect(cluster.mariadb.port)
    with lock.cursor() as cursor:
        cursor.execute("lock tables " + ", ".join(f"app.{t} write" for t in tables))
        for number in range(20):
            execute(cluster, "begin", *(f"insert into app.{t} (id, v) values ({number}, 'v{number}')" for t in tables),
                    f"update app.{tables[0]} set v = 'w' where id = {number // 2}", "commit")
        wait_until(lambda: transactions(cluster) == already + 20, 60, "all transactions stand in the relay log")
    expected = {t: sorted(execute(cluster, f"select id, v from app.{t}")) for t in tables}
    cluster.drainers["drainer"].kill()
    lock.close()
    for process in (cluster.tidb_process, cluster.pumps["pump"], cluster.tikv_process, cluster.pd_process):
        process.kill()
    return expected


def downstream(cluster, table):
    return sorted((int(i), v) for i, v in cluster.mariadb.rows(f"select id, v from app.{table}"))


def run_alone(cluster):
    """Starts drainer without PD and waits for its end."""
    cluster.start_drainer(wait=False, config=relay_config(cluster))
    process = cluster.drainers["drainer"]
    wait_until(lambda: not process.running(), 120, "drainer ends")
    assert process.popen.returncode == 1
    return cluster.log()


def test_without_pd_the_downstream_is_brought_to_its_end(cluster):
    start(cluster)
    execute(cluster, "create database app", "create table app.keyed (id int primary key, v varchar(40))",
            "create table app.hidden (id int, v varchar(40))", "insert into app.keyed values (100, 'first')",
            "insert into app.hidden values (100, 'first')")
    wait_until(lambda: cluster.mariadb.rows("select count(*) from information_schema.tables where table_schema = 'app'") ==
               [["2"]] and downstream(cluster, "hidden") == [(100, "first")], 60, "the first rows are downstream")
    expected = strand(cluster, ["hidden", "keyed"])
    assert downstream(cluster, "hidden") != expected["hidden"]
    log = run_alone(cluster)
    assert "finish feed by relay log" in log and "update status as normal" in log and "connect to PD" in log
    for table, rows in expected.items():
        assert downstream(cluster, table) == rows, table
    assert checkpoint(cluster)["consistent"] is True
    # Once more: there is nothing left to do.
    assert "nothing that is not downstream" in run_alone(cluster)
    assert downstream(cluster, "hidden") == expected["hidden"]


@pytest.mark.parametrize("damage", ["byte", "tail"])
def test_damage(cluster, damage):
    start(cluster)
    execute(cluster, "create database app", "create table app.hidden (id int, v varchar(40))",
            "insert into app.hidden values (100, 'first')")
    wait_until(lambda: checkpoint(cluster)["commitTS"] > 0 and
               cluster.mariadb.rows("select count(*) from information_schema.tables where table_schema = 'app'") == [["1"]]
               and downstream(cluster, "hidden") == [(100, "first")], 60, "the first row is downstream")
    expected = strand(cluster, ["hidden"])
    path = files(cluster)[-1]
    with open(path, "r+b") as f:
        size = f.seek(0, os.SEEK_END)
        if damage == "tail":
            f.truncate(size - 3)
        else:
            f.seek(size // 2)
            byte = f.read(1)[0]
            f.seek(size // 2)
            f.write(bytes([byte ^ 0x40]))
    log = run_alone(cluster)
    if damage == "byte":
        assert os.path.basename(path) in log and ("expected crc32" in log or "magic mismatch" in log or
                                                  "damaged length" in log)
        assert downstream(cluster, "hidden") != expected["hidden"]
    else:
        # The last transaction is cut off; what stands before it is whole.
        assert "ends within a record" in log and "finish feed by relay log" in log
        ids = [i for i, _ in downstream(cluster, "hidden")]
        assert ids == [*range(19), 100]


def test_kills_change_nothing_of_exactly_once(cluster, rng, full):
    start(cluster, more="relay.max-file-size = 4096")
    execute(cluster, "create database app", "create table app.log (id int primary key)",
            *(f"create table app.{name} ({columns})" for name, columns in TABLES.items()))
    config = relay_config(cluster, "relay.max-file-size = 4096")

    def kill():
        cluster.drainers["drainer"].kill()
        if rng.random() < 0.5:
            cluster.mariadb.kill()
            cluster.mariadb.start()
        cluster.start_drainer(config=config)
    with Writer(cluster, rng) as writer:
        with Killer(rng, 30 if full else 4, (0.5, 2.5), kill):
            pass
        wait_until(lambda: len(writer.acknowledged) > 50, 120, "enough rows are written")
    wait_until(lambda: end(cluster), 60, "tidb-server takes a last commit", poll=0.5)
    wait_until(lambda: arrived(cluster), 120, "the last commit has arrived in MariaDB", poll=0.5)
    left, right = sides.connect(cluster.ports["tidb"]), sides.connect(cluster.mariadb.port)
    assert sides.differences(left, right, ["app"]) == []
    # Files with nothing that is not applied are removed.
    wait_until(lambda: len(files(cluster)) <= 2, 60, "old files are removed")
