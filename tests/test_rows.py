"""Every type and its extremes: the same statements go to tidb-server, from where drainer brings them to MariaDB, and
to MariaDB itself. Both databases there must hold the same bytes."""
import datetime
import json
import zoneinfo

import pymysql
import pytest

import sides

SQL_MODE = "STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES"


def integers(bits):
    half = 1 << (bits - 1)
    return [-half, -half + 1, -1, 0, 1, half - 2, half - 1], [0, 1, half - 1, half, 2 * half - 2, 2 * half - 1]


def integer_types():
    types = {}
    for name, bits in (("tinyint", 8), ("smallint", 16), ("mediumint", 24), ("int", 32), ("bigint", 64)):
        signed, unsigned = integers(bits)
        types[name] = signed
        types[f"{name} unsigned"] = unsigned
        types[f"{name}(5) unsigned zerofill"] = unsigned
    types["boolean"] = [0, 1]
    types["year"] = [0, 1901, 1970, 2069, 2155]
    return types


def bit_types(widths):
    types = {}
    for width in widths:
        most = (1 << width) - 1
        types[f"bit({width})"] = sorted({0, 1, most // 2, most - 1, most, 0x5555555555555555 & most})
    return types


def decimal_types():
    types = {}
    for digits, scale in ((1, 0), (1, 1), (5, 2), (9, 0), (9, 9), (10, 0), (18, 9), (19, 1), (30, 30), (38, 10), (65, 0),
                          (65, 30)):
        whole, part = "9" * (digits - scale), "9" * scale
        largest = (whole or "0") + ("." + part if part else "")
        smallest = "1" if scale == 0 else "0." + "0" * (scale - 1) + "1"
        types[f"decimal({digits},{scale})"] = ["0", largest, "-" + largest, smallest, "-" + smallest]
    types["decimal(12,4) unsigned"] = ["0", "99999999.9999", "0.0001", "10000000.1"]
    return types


FLOATS = ["0", "1.5", "-2.25", "0.1", "1e-30", "-1e-30", "3.4028234e38", "-3.4028234e38", "1.17549435e-38", "16777217",
          "123456.789", "8388608.5", "1e15", "99999.99"]
DOUBLES = FLOATS[:10] + ["1.7976931348623157e308", "-1.7976931348623157e308", "2.2250738585072014e-308",
                         "0.30000000000000004", "9007199254740993", "1e100", "123456789.123456789"]
TIMES = ["'00:00:00'", "'-00:00:01'", "'23:59:59'", "'24:00:00'", "'-24:00:01'", "'838:59:59'", "'-838:59:59'",
         "'100:00:00'"]
DATETIMES = ["'0000-00-00 00:00:00'", "'2020-00-00 00:00:00'", "'2020-01-00 10:11:12'", "'1000-01-01 00:00:00'",
             "'9999-12-31 23:59:59'", "'0001-01-01 00:00:00'", "'2024-02-29 12:00:00'", "'2023-02-31 01:02:03'"]
TEXTS = ["''", "' '", "'a'", "'A'", "'a '", "'\\\\'", "'\\''", "'\"'", "'%_'", "'\\0'", "'\\n\\r\\t\\Z'",
         "'/*! x */ -- # ;'", "'NULL'", "'0'"]
WIDE = TEXTS + ["'ä'", "'ß'", "'中文'", "'日本語'", "'é'", "'e\u0301'"]
EMOJI = WIDE + ["'😀'", "'👨‍👩‍👧'"]
BYTES = ["x''", "x'00'", "x'0000'", "x'ff'", "x'5c27'", "x'e4'", "x'f0288cbc'", "x'61'", "x'2020'"]
MEMBERS = ",".join(f"'m{i}'" for i in range(64))


def other_types():
    types = {"float": FLOATS, "float unsigned": ["0", "0.1", "3.4028234e38"], "float(7,3)": ["0", "1.125", "-9999.999"],
             "double": DOUBLES, "double(20,5)": ["0", "-3.14159", "123456789012345.12345", "-0.00001"],
             "date": [d[:11] + "'" for d in DATETIMES], "datetime": DATETIMES, "time": TIMES,
             "datetime(6)": [d[:-1] + f".{i:06}'" for d, i in zip(DATETIMES, (0, 0, 1, 999999, 999999, 123456, 10, 5))],
             "datetime(3)": [d[:-1] + ".123'" for d in DATETIMES[3:]],
             "time(6)": [t[:-1] + ".000001'" for t in TIMES if "838" not in t], "time(2)": [t[:-1] + ".99'" for t in TIMES[:4]],
             "enum('a','B','c d','','ä','it''s')": ["'a'", "'B'", "'c d'", "''", "'ä'", "'it\\'s'", "1"],
             f"enum({MEMBERS})": ["'m0'", "'m63'", "64"],
             "set('x','y','z w','ä')": ["''", "'x'", "'x,y'", "'ä,x'", "15", "0"],
             f"set({MEMBERS})": ["''", "'m63'", "'m0,m63'", "18446744073709551615", "9223372036854775808"]}
    for kind in ("char(60)", "varchar(60)", "tinytext", "text", "mediumtext", "longtext"):
        types[f"{kind} character set utf8mb4 collate utf8mb4_bin"] = EMOJI
    types["varchar(60) character set utf8mb4 collate utf8mb4_general_ci"] = EMOJI
    types["varchar(60) character set utf8 collate utf8_bin"] = WIDE
    types["varchar(60) character set latin1 collate latin1_bin"] = TEXTS
    types["varchar(60) character set ascii collate ascii_bin"] = TEXTS
    for kind in ("binary(8)", "varbinary(60)", "tinyblob", "blob", "mediumblob", "longblob",
                 "varchar(60) character set binary"):
        types[kind] = BYTES
    return types


FEW_BITS = (1, 2, 8, 9, 31, 32, 33, 53, 54, 63, 64)


def all_types(full):
    bits = bit_types(range(1, 65) if full else FEW_BITS)
    return {**integer_types(), **bits, **decimal_types(), **other_types()}


def statements(number, kind, values):
    """Tables with a key, without one, and with the value as key, where rows come, change and go."""
    keyed, bare, own = f"k{number}", f"n{number}", f"p{number}"
    yield f"create table {keyed} (id int primary key, v {kind}, w {kind}, d int default 7)"
    yield f"create table {bare} (id int, v {kind}, w {kind}, d int default 7)"
    rows = ", ".join(f"({i}, {v}, {values[-1 - i]})" for i, v in enumerate(values))
    more = ", ".join(f"({i + 100}, {v}, null)" for i, v in enumerate(values))
    for table in (keyed, bare):
        yield f"insert into {table} (id, v, w) values {rows}"
        yield f"insert into {table} (id, v, w) values {more}, (200, null, null)"
        yield f"update {table} set v = w, w = null, d = d + 1 where id % 3 = 1"
        yield f"update {table} set d = null where id % 5 = 2"
        yield f"delete from {table} where id % 4 = 3"
    if can_be_key(kind):
        yield f"create table {own} (v {kind} not null primary key, d int)"
        yield f"insert into {own} values " + ", ".join(f"({v}, {i})" for i, v in enumerate(distinct(kind, values)))
        yield f"update {own} set d = d + 100 where d % 2 = 0"
        yield f"delete from {own} where d % 3 = 1"


def can_be_key(kind):
    """MariaDB wants a length for texts, and takes what differs only in case or end for one."""
    return not any(word in kind for word in ("text", "blob", "_ci", "char", "enum", "set", "float", "double"))


def distinct(kind, values):
    """Without those that padding makes equal."""
    return [v for v in values if v not in ("x'0000'", "x''")] if kind.startswith("binary") else values


def run(connection, statements_of):
    with connection.cursor() as cursor:
        for statement in statements_of:
            try:
                cursor.execute(statement)
            except pymysql.Error as error:
                raise AssertionError(f"{statement}: {error}") from error


def prepare(connection, schema):
    run(connection, [f"set sql_mode = '{SQL_MODE}'", f"create database {schema}", f"use {schema}"])


@pytest.fixture
def servers(cluster):
    """tidb-server, and MariaDB with drainer in front of it."""
    cluster.start_pd()
    cluster.start_tikv()
    cluster.start_pump()
    cluster.mariadb.start()
    cluster.start_drainer(config=cluster.drainer_config("worker-count = 8"))
    cluster.start_tidb()
    return sides.connect(cluster.ports["tidb"]), sides.connect(cluster.mariadb.port)


def checksums(connection, schema):
    names = sides.tables(connection, schema)
    with connection.cursor() as cursor:
        cursor.execute("checksum table " + ", ".join(f"{schema}.{n}" for n in names))
        return {row[0].split(".")[1]: row[1] for row in cursor.fetchall()}


def test_types(cluster, servers, full):
    tidb, mariadb = servers
    types = all_types(full)
    prepare(tidb, "rows_via")
    prepare(mariadb, "rows_direct")
    for number, (kind, values) in enumerate(types.items()):
        run(tidb, statements(number, kind, values))
        run(mariadb, statements(number, kind, values))
    cluster.wait_caught_up(cluster.pd.tso())
    via, direct = checksums(mariadb, "rows_via"), checksums(mariadb, "rows_direct")
    kinds = list(types)
    problems = []
    for table in sorted(set(via) | set(direct)):
        if via.get(table) != direct.get(table):
            there, here = (sides.rows(mariadb, s, table) if table in c else None
                           for s, c in (("rows_via", via), ("rows_direct", direct)))
            problems.append(f"{table} ({kinds[int(table[1:])]})\n  via    {there}\n  direct {here}")
    assert not problems, f"{len(problems)} tables differ\n" + "\n".join(problems)
    assert len(via) > 2 * len(types)
    assert "rows to be changed were not found" not in cluster.log()


DOCUMENTS = [
    "null", "true", "false", "0", "-1", "9223372036854775807", "-9223372036854775808", "18446744073709551615", "0.1", "-2.5",
    "1.5e300", "-1e-7", "123456789.123456789", '""', '"a"', '"A"', '"a "', '"0"', '"null"', '"true"', "{}", "[]", "[[]]", "[{}]", "[null]",
    '[1, 1.5, "1", true, null, [], {}]', '{"a": null}', '{"": {"": ""}}', '{"b": 1, "a": 2, "aa": 3}', '{"a": {"b": [{"c": [[1]]}]}}',
    r'"\\n\\t\\r\\b\\f\\\\\\"/"', r'"\\u0001\\u001f"', r'"\\u00e4\\ud83d\\ude00"', '"ä中文😀"', '{"ä": "😀"}', r'{"a\\"b": "c\\\\d"}',
    "[" * 30 + "]" * 30, '"' + "x" * 70000 + '"', "[" + ", ".join(str(i) for i in range(2000)) + "]",
    "{" + ", ".join(f'"key{i}": {{"n": {i}, "s": "{i}"}}' for i in range(300)) + "}"]


def json_statements(documents):
    """Tables with and without a key, where documents come, change and go."""
    for table, key in (("keyed", " primary key"), ("bare", "")):
        yield f"create table {table} (id int{key}, v json, w json, d int default 7)"
        rows = [f"({i}, '{v}', '{documents[-1 - i]}')" for i, v in enumerate(documents)]
        yield f"insert into {table} (id, v, w) values {', '.join(rows)}"
        yield f"insert into {table} (id, v) values {', '.join(f'({i + 1000}, null)' for i in range(5))}"
        yield f"update {table} set v = w, w = null, d = d + 1 where id % 3 = 1"
        yield f"update {table} set d = null where id % 5 = 2"
        yield f"update {table} set v = null where id % 7 = 3"
        yield f"delete from {table} where id % 4 = 3"


def by_value(text):
    """A document so that two are equal when JSON says so: 1 is 1.0 and not true, and members have no order."""
    def mark(value):
        if isinstance(value, bool) or value is None or isinstance(value, str):
            return type(value).__name__, value
        if isinstance(value, list):
            return [mark(v) for v in value]
        return {k: mark(v) for k, v in value.items()} if isinstance(value, dict) else ("number", value)
    return None if text is None else mark(json.loads(text))


def test_json(cluster, servers):
    """MariaDB keeps the text that it was given, so documents are compared by value."""
    tidb, mariadb = servers
    prepare(tidb, "json_via")
    prepare(mariadb, "json_direct")
    run(tidb, json_statements(DOCUMENTS))
    run(mariadb, json_statements(DOCUMENTS))
    cluster.wait_caught_up(cluster.pd.tso())
    for table in ("keyed", "bare"):
        via, direct = ({row[0]: row for row in sides.rows(mariadb, schema, table)} for schema in ("json_via", "json_direct"))
        assert sorted(via) == sorted(direct)
        for number, row in direct.items():
            assert via[number][3] == row[3]
            assert [by_value(v) for v in via[number][1:3]] == [by_value(v) for v in row[1:3]], f"{table}, row {number}"
    assert "rows to be changed were not found" not in cluster.log()


ZONES = ("UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia")
MOMENTS = ("1970-01-02 00:00:01", "2038-01-19 03:14:07", "2024-02-29 23:59:59", "2024-03-31 01:59:59",
           "2024-03-31 03:00:00", "2024-10-27 01:59:59", "2024-10-27 03:00:00", "2024-11-03 00:59:59",
           "2011-12-29 23:59:59", "2011-12-31 00:00:00")


def test_timestamps_through_time_zones(cluster, servers):
    """What a session of any zone writes is the same moment downstream; the server there has a zone of its own."""
    tidb, mariadb = servers
    run(mariadb, ["set global time_zone = '-07:00'"])
    prepare(tidb, "zones")
    run(tidb, ["create table t (id int primary key, v timestamp null, d datetime)",
               "create table n (v timestamp(3) null default '2020-06-01 00:00:00')"])
    expected = []
    for zone in ZONES:
        run(tidb, [f"set time_zone = '{zone}'"])
        for moment in MOMENTS:
            local = datetime.datetime.fromisoformat(moment).replace(tzinfo=zoneinfo.ZoneInfo(zone))
            utc = local.astimezone(datetime.timezone.utc).replace(tzinfo=None)
            if not datetime.datetime(1970, 1, 1, 0, 0, 1) <= utc <= datetime.datetime(2038, 1, 19, 3, 14, 7):
                continue
            number = len(expected)
            run(tidb, [f"insert into t values ({number}, '{moment}', '{moment}')", f"insert into n values ('{moment}.5')"])
            expected.append((str(number).encode(), str(utc).encode(), moment.encode()))
    run(tidb, ["set time_zone = '+05:30'", "update t set d = d, v = v where id % 2 = 0", "delete from n where v < '2020-01-01'",
               "insert into n values ()"])
    cluster.wait_caught_up(cluster.pd.tso())
    assert sorted(sides.rows(mariadb, "zones", "t")) == sorted(expected)
    assert not sides.differences(sides.connect(cluster.ports["tidb"]), mariadb, ["zones"])
