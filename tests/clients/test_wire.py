"""The protocol packet by packet; what MariaDB answers to the same packets is what is expected."""
import struct

import pytest

import wire
from wire import LONG, ServerError, Wire

TYPES = """create table v (id bigint unsigned primary key, ti tinyint, i int, bu bigint unsigned, f float, d double,
de decimal(12,3), da date, dt datetime(6), tm time(3), y year, c varchar(40), b varbinary(40), bl longblob,
e enum('x','y'), s set('p','q'))"""


@pytest.fixture
def both(ports):
    """A session with database wire on each server."""
    sessions = [Wire(port) for port in ports]
    for session in sessions:
        session.results("drop database if exists wire")
        session.results("drop user if exists other")
        session.results("create database wire")
        session.results("use wire")
    return sessions


def same(both, ask):
    """What `ask(session)` gives on both servers; an error by its number and state."""
    def answer(session):
        try:
            return ask(session)
        except ServerError as error:
            return "error", error.args[:2]
    ours, theirs = map(answer, both)
    assert ours == theirs
    return ours


def test_prepared_statements(both):
    for session in both:
        session.results(TYPES)

    def insert(session):
        statement, parameters, columns = session.prepare("insert into v values (" + "?," * 15 + "?)")
        done = [parameters, columns]
        full = [(1 << 64) - 1, -128, -7, (1 << 63) + 1, 0.5, -1e300, b"-12.345", b"2020-02-29",
                b"2020-02-29 01:02:03.000004", b"-12:34:56.789", 2024, "v\u00e4r".encode(), b"\0\xff'\\", b"blob" * 99,
                b"y", b"p,q"]
        done.append(session.execute(statement, full))
        done.append(session.execute(statement, [2] + [None] * 15))
        # The types are those of the execution before.
        done.append(session.execute(statement, [3] + [None] * 15, types_again=False))
        for part in (b"first ", b"", b"second"):
            session.send_command(wire.LONG_DATA, struct.pack("<IH", statement, 13) + part)
        done.append(session.execute(statement, [4] + [None] * 12 + [LONG] + [None] * 2))
        session.send_command(wire.CLOSE, struct.pack("<I", statement))
        return done

    assert same(both, insert)[2:] == [(1, 0)] * 4

    def read(session):
        statement, parameters, columns = session.prepare("select * from v where id >= ? order by id")
        return parameters, [c[0] for c in columns], session.execute(statement, [0]), session.execute(statement, [4])

    assert len(same(both, read)[2]) == 4
    # Lengths of temporal values depend on what is zero in them.
    for text in ("'0000-00-00'", "'2020-01-01'", "'2020-01-01 00:00:00'", "'2020-01-01 10:00:00'", "null"):
        for session in both:
            session.results("set sql_mode = ''")
            session.results(f"replace into v (id, da, dt, tm) values (5, {text}, {text}, '-800:00:00')")
        assert len(same(both, lambda s: s.execute(s.prepare("select da, dt, tm from v where id = 5")[0]))) == 1


def test_statements_that_are_refused(both):
    same(both, lambda s: s.prepare("select * from nothing"))
    same(both, lambda s: s.prepare("select ? from"))
    same(both, lambda s: s.execute(s.prepare("select cast(? as signed)")[0], [b"12"]))
    for session in both:
        with pytest.raises(ServerError) as error:
            session.execute(12345)
        assert error.value.args[0] == 1243
    # A statement that is closed is gone.
    def closed(session):
        statement = session.prepare("select 1")[0]
        session.send_command(wire.CLOSE, struct.pack("<I", statement))
        return session.execute(statement)
    assert same(both, closed)[1][0] == 1243
    def reset(session):
        statement = session.prepare("select length(?)")[0]
        session.send_command(wire.LONG_DATA, struct.pack("<IH", statement, 0) + b"dropped")
        session.command(wire.RESET_STATEMENT, struct.pack("<I", statement))
        return session.execute(statement, [b"abc"])
    assert same(both, reset) == [(3,)]


def test_cursors(both):
    def fetch(session):
        statement, _, columns = session.prepare("select 1 as n union all select 2 union all select 3")
        session.send_command(wire.EXECUTE, session.execute_payload(statement, [], cursor=1))
        assert session.read() == b"\x01"
        count = len(columns)
        for _ in range(count):
            session.read()
        status = session.ok(session.read())[2]
        assert status & wire.CURSOR_EXISTS
        found = []
        for wanted in (2, 2):
            session.send_command(wire.FETCH, struct.pack("<II", statement, wanted))
            packets, status = session.rows()
            found.append(([session.binary_row(p, columns) for p in packets], bool(status & wire.LAST_ROW_SENT)))
        return found

    assert same(both, fetch) == [([(1,), (2,)], False), ([(3,)], True)]


def test_several_statements(both):
    two = "select 1; select 2"
    assert same(both, lambda s: s.command(wire.SET_OPTION, struct.pack("<H", 0))[:2]) == (0, 0)
    assert same(both, lambda s: s.results(two)) == [[(b"1",)], [(b"2",)]]
    mixed = "create table m (n int); insert into m values (1), (2); select n from m order by n; select nothing; select 9"

    def until_error(session):
        session.send_command(wire.QUERY, mixed.encode())
        found = []
        try:
            while True:
                packet = session.check(session.read())
                if packet[0] == 0:
                    found.append(session.ok(packet)[:2])
                else:
                    count = wire.Reader(packet).lenenc()
                    session.columns(count)
                    found.append(len(session.rows()[0]))
        except ServerError as error:
            return found, error.args[0]

    assert same(both, until_error) == ([(0, 0), (2, 0), 2], 1054)
    same(both, lambda s: s.command(wire.SET_OPTION, struct.pack("<H", 1))[:2])
    for session in both:
        # MariaDB has 1064 for it, TiDB 8130.
        with pytest.raises(ServerError):
            session.results(two)
    with pytest.raises(ServerError):
        both[0].command(wire.SET_OPTION, struct.pack("<H", 7))
    assert both[0].results("select 3") == [[(b"3",)]]


def test_load_data_local(both):
    def load(session):
        session.results("create table if not exists l (a int primary key, b varchar(20))")
        done = session.results("load data local infile 'any' into table l fields terminated by ','",
                               file=[b"1,one\n2,t", b"wo\n3,th\\tree\n"])
        nothing = session.results("load data local infile 'any' into table l fields terminated by ','", file=[])
        return done, nothing, session.results("select * from l order by a")

    done, nothing, rows = same(both, load)
    assert (done, nothing) == ([(3, 0)], [(0, 0)])
    assert rows == [[(b"1", b"one"), (b"2", b"two"), (b"3", b"th\tree")]]


def test_small_commands(both):
    for session in both:
        session.results("create table f (id int not null primary key, a varchar(10), ab int)")
        session.results("create user other identified by 'secret'")
        session.results("grant select on wire.* to other")
        session.command(wire.PING)
        session.send_command(wire.STATISTICS)
        assert session.read().startswith(b"Uptime: ")

    def fields(session, pattern):
        session.send_command(wire.FIELD_LIST, b"f\0" + pattern)
        names = []
        while True:
            packet = session.check(session.read())
            if packet[0] == 0xfe and len(packet) < 9:
                return names
            r = wire.Reader(packet)
            names.append([r.text() for _ in range(6)][4])

    assert same(both, lambda s: fields(s, b"")) == [b"id", b"a", b"ab"]
    assert same(both, lambda s: fields(s, b"a%")) == [b"a", b"ab"]
    same(both, lambda s: s.command(wire.INIT_DB, b"nothing"))
    same(both, lambda s: s.command(wire.INIT_DB, b"wire")[:2])


def test_reset_connection(both):
    def reset(session):
        session.results("set @a = 1")
        session.results("set session sql_mode = ''")
        session.results("create table if not exists r (n int)")
        session.results("begin")
        session.results("insert into r values (1)")
        statement = session.prepare("select 1")[0]
        session.command(wire.RESET_CONNECTION)
        state = session.results("select @a, @@sql_mode = '', database()") + session.results("select count(*) from r")
        try:
            session.execute(statement)
        except ServerError as error:
            return state, error.args[0]

    assert same(both, reset) == ([[(None, b"0", b"wire")], [(b"0",)]], 1243)


def test_change_user(both):
    def change(session, user, password, database=b""):
        session.send_command(wire.CHANGE_USER, user + b"\0\0" + database + b"\0" + struct.pack("<H", 45) +
                             wire.NATIVE.encode() + b"\0")
        return session.finish_login(password)[:2]

    for session in both:
        session.results("create user other identified by 'secret'")
        session.results("grant select on wire.* to other")
        session.results("set @a = 1")
        change(session, b"other", "secret", b"wire")
    assert same(both, lambda s: s.results("select substring_index(user(), '@', 1), @a, database()")) == [
        [(b"other", None, b"wire")]]
    same(both, lambda s: s.results("create table denied (n int)"))
    assert same(both, lambda s: change(s, b"other", "wrong")) == ("error", (1045, "28000"))


def test_login(ports):
    for port in ports:
        root = Wire(port)
        root.results("create user pw identified by 'p\u00e4ss'")
        root.results("create user locked_one identified by 'x' account lock")
        root.results("grant select on mysql.* to pw")
        assert Wire(port, "pw", "p\u00e4ss", "mysql").results("select database()") == [[(b"mysql",)]]
        for user, password, number in (("pw", "wrong", 1045), ("pw", "", 1045), ("nobody", "x", 1045)):
            with pytest.raises(ServerError) as error:
                Wire(port, user, password)
            assert error.value.args[0] == number
        with pytest.raises(ServerError) as error:
            Wire(port, "root", "", "nothing")
        assert error.value.args[:2] == (1049, "42000")
    with pytest.raises(ServerError) as error:
        Wire(ports[0], "locked_one", "x")
    assert error.value.args[0] == 3118
    Wire(ports[0]).results("alter user locked_one account unlock")
    assert Wire(ports[0], "locked_one", "x").results("select 1") == [[(b"1",)]]


def test_tls_hello_at_once(secure_port):
    session = Wire(secure_port, tls=True, database="mysql")
    assert session.offered & wire.SSL
    assert session.results("select database()") == [[(b"mysql",)]]
    statement = session.prepare("select repeat(?, 100000)")[0]
    assert session.execute(statement, [b"x"]) == [(b"x" * 100000,)]
