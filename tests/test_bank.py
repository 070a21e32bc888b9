"""Transfers between accounts over several connections, while schemas change, connections are killed and regions move:
every snapshot is balanced, every acknowledged transfer is there once and no failed one, and MariaDB ends equal."""
import threading
from collections import Counter

import pymysql

from background import Background
from follow import assert_sides_are_equal
from localcluster.process import wait_until
from test_regions import start_restless
from test_server_kills import connect, execute

ACCOUNTS = 6
START_CENTS = 1000
# The client cannot know what became of the statement.
LOST = (0, 2006, 2013)


class Bank:
    """What the clients know together."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.lock = threading.Lock()
        self.numbers = 0
        self.done, self.failed = set(), set()
        self.connections = set()
        self.ledger, self.other_place = "app.ledger", "aside.ledger"

    def next_number(self):
        with self.lock:
            self.numbers += 1
            return self.numbers

    def connect(self):
        connection = connect(self.cluster, read_timeout=120)
        with self.lock:
            self.connections.add(connection.thread_id())
        return connection

    def forget(self, connection):
        with self.lock:
            self.connections.discard(connection.thread_id())
        try:
            connection.close()
        except (pymysql.err.Error, OSError):
            pass


class Client(Background):
    """One connection after another; step() is a transaction."""

    def __init__(self, bank, rng):
        super().__init__()
        self.bank = bank
        self.rng = rng
        self.steps = 0

    def run(self):
        connection = None
        while not self.stop.is_set():
            try:
                connection = connection or self.bank.connect()
                with connection.cursor() as cursor:
                    self.step(cursor)
                self.steps += 1
            except (pymysql.err.Error, OSError):
                if connection and not can_go_on(connection):
                    self.bank.forget(connection)
                    connection = None
        if connection:
            self.bank.forget(connection)

    def step(self, cursor):
        raise NotImplementedError


def can_go_on(connection):
    try:
        connection.rollback()
        return True
    except (pymysql.err.Error, OSError):
        return False


def code_of(error):
    known = isinstance(error, pymysql.err.Error) and error.args and isinstance(error.args[0], int)
    return 0 if not known or "undetermined" in str(error) else error.args[0]


class Transfers(Client):
    def step(self, cursor):
        number = self.bank.next_number()
        try:
            self.transfer(cursor, number)
            known = self.bank.done
        except (pymysql.err.Error, OSError) as error:
            if code_of(error) not in LOST:
                with self.bank.lock:
                    self.bank.failed.add(number)
            raise
        with self.bank.lock:
            known.add(number)

    def transfer(self, cursor, number):
        source, target = self.rng.sample(range(ACCOUNTS), 2)
        cents = self.rng.randrange(1, 50)
        ledger = self.bank.ledger
        cursor.execute(self.rng.choice(["begin optimistic", "begin pessimistic", "begin pessimistic"]))
        if self.rng.random() < 0.3:
            cursor.execute("select cents from app.accounts where id in (%s, %s) for update", (source, target))
        if self.rng.random() < 0.3:
            cursor.execute("savepoint s")
            cursor.execute(f"insert into {ledger} values (%s, %s, %s, %s)", (number, target, source, cents))
            cursor.execute("rollback to s")
        cursor.execute("update app.accounts set cents = cents - %s, moves = moves + 1 where id = %s", (cents, source))
        cursor.execute(f"insert into {ledger} (number, source, target, cents) values (%s, %s, %s, %s)",
                       (number, source, target, cents))
        if self.rng.random() < 0.7:
            cursor.execute("update app.accounts set cents = cents + %s, moves = moves + 1 where id = %s",
                           (cents, target))
        else:
            # The same account under the same name, but another row.
            cursor.execute("select name, cents, moves from app.accounts where id = %s for update", (target,))
            name, had, moves = cursor.fetchone()
            cursor.execute("delete from app.accounts where id = %s", (target,))
            cursor.execute("insert into app.accounts (id, name, cents, moves) values (%s, %s, %s, %s)",
                           (target, name, had + cents, moves + 1))
        cursor.execute("commit")


class Audits(Client):
    """Two queries of one snapshot agree; so do a scan and an index."""

    def step(self, cursor):
        cursor.execute("begin")
        cursor.execute("select sum(cents), sum(moves), count(distinct name) from app.accounts")
        cents, moves, names = cursor.fetchone()
        assert (cents, names) == (ACCOUNTS * START_CENTS, ACCOUNTS)
        cursor.execute(f"select count(*), count(distinct number) from {self.bank.ledger}")
        assert cursor.fetchone() == (moves / 2, moves / 2)
        cursor.execute("select sum(cents), count(*) from app.accounts use index (by_cents) where cents > -1000000")
        assert cursor.fetchone() == (ACCOUNTS * START_CENTS, ACCOUNTS)
        cursor.execute("commit")


class Changes(Client):
    """DDL, one statement after the other."""
    ROUND = ["alter table app.accounts add column c{n} int default {n}",
             "alter table app.accounts add index by_moves (moves, name)",
             "rename table {ledger} to {other_place}",
             "alter table {ledger} add unique index once (number)",
             "alter table app.accounts drop column c{n}",
             "alter table app.accounts drop index by_moves",
             "rename table {ledger} to {other_place}",
             "alter table {ledger} drop index once",
             "create table app.beside{n} (a int)"]

    def step(self, cursor):
        rounds, place = divmod(self.steps, len(self.ROUND))
        bank = self.bank
        statement = self.ROUND[place].format(n=rounds, ledger=bank.ledger, other_place=bank.other_place)
        try:
            cursor.execute(statement)
        except pymysql.err.MySQLError as error:
            # Done by the statement that a KILL of its connection has left running.
            if code_of(error) not in (1050, 1054, 1060, 1061, 1091, 1146):
                raise
        if statement.startswith("rename"):
            bank.ledger, bank.other_place = bank.other_place, bank.ledger
        self.stop.wait(self.rng.uniform(0, 0.5))


class Kills(Client):
    def step(self, cursor):
        self.stop.wait(self.rng.uniform(0.1, 0.4))
        with self.bank.lock:
            others = sorted(self.bank.connections - {cursor.connection.thread_id()})
        if others:
            cursor.execute(f"kill tidb {self.rng.choice(['', 'query '])}{self.rng.choice(others)}")


def check_books(cluster, bank):
    ledger = execute(cluster, "select number, source, target, cents from " + bank.ledger)
    numbers = Counter(row[0] for row in ledger)
    assert max(numbers.values()) == 1
    assert bank.done <= set(numbers), "acknowledged, and lost"
    assert not bank.failed & set(numbers), "failed, and there"
    cents, moves = Counter(), Counter()
    for _, source, target, amount in ledger:
        cents.update({source: -amount, target: amount})
        moves.update([source, target])
    rows = execute(cluster, "select id, name, cents, moves from app.accounts order by id")
    assert rows == tuple((i, f"account {i}", START_CENTS + cents[i], moves[i]) for i in range(ACCOUNTS))
    execute(cluster, f"admin check table app.accounts, {bank.ledger}", read_timeout=300)


def test_the_books_balance(cluster, rng, full):
    start_restless(cluster)
    execute(cluster, "create database app", "create database aside",
            "create table app.accounts (id int primary key, name varchar(40), cents bigint, moves int, "
            "unique key by_name (name), key by_cents (cents))",
            "create table app.ledger (number int, source int, target int, cents int)",
            *(f"insert into app.accounts values ({i}, 'account {i}', {START_CENTS}, 0)" for i in range(ACCOUNTS)))
    bank = Bank(cluster)
    goal, rounds = (3000, 12) if full else (150, 2)
    random = [type(rng)(rng.random()) for _ in range(7)]
    clients = [Transfers(bank, r) for r in random[:3]]
    audits, changes, kills = Audits(bank, random[3]), Changes(bank, random[4]), Kills(bank, random[5])
    with clients[0], clients[1], clients[2], audits, changes, kills:
        wait_until(lambda: len(bank.done) >= goal and changes.steps >= rounds * len(Changes.ROUND) and
                   audits.steps >= goal / 10 or audits.error or changes.error, 1200 if full else 240,
                   "enough has happened", poll=0.2)
    check_books(cluster, bank)
    assert_sides_are_equal(cluster, "app", "aside")
