"""A round: random tables, then random changes and queries, on both servers; what differs is told."""
import random
import tempfile
from dataclasses import dataclass, field

from sqlcases.record import SQL_MODE, text_of

from . import auto_ids, compare, schema
from .alterations import Alterations
from .changes import Changes
from .forms import SelfCheck
from .oracle import OracleGone, lost
from .prepared import BinaryRunner, Prepared, TextRunner
from .queries import Queries
from .reduce import reduce
from .refused import both_refuse
from .transactions import Transactions
from .tree import Node

DATABASE = "random_sql"
AGAIN = "random_sql_again"  # where MariaDB repeats a change
TOO_MUCH = (("error", 1969), ("error", 1104))  # too long, or too many rows
MOST_IN_VIEW = 200  # rows: views are joined with themselves
SETTINGS = ("set time_zone='+00:00'", "set timestamp=1700000000",
            "set group_concat_max_len=100000")
# MariaDB's collation without padding compares as TiDB 3.0 does, by bytes; the name is unknown to TiDB.
MARIADB_SETTINGS = ("set names utf8mb4 collate utf8mb4_nopad_bin", "set innodb_lock_wait_timeout=5",
                    "set max_statement_time=10", "set max_join_size=1000000")
LOOSE = "ONLY_FULL_GROUP_BY,NO_ENGINE_SUBSTITUTION"
MARIADB_OPTIONS = ("--collation-server=utf8mb4_nopad_bin", "--explicit-defaults-for-timestamp",
                   # As many ids as there are rows.
                   "--innodb-autoinc-lock-mode=0",
                   # What it holds is thrown away: nothing has to reach the disk.
                   "--innodb-flush-method=nosync", "--innodb-flush-log-at-trx-commit=0", "--sync-frm=0")


@dataclass
class Mismatch:
    seed: int
    number: int
    what: str
    sql: str
    tidb: tuple
    mariadb: tuple
    setup: list = field(default_factory=list)

    def __str__(self):
        lines = [f"TBL_SEED={self.seed} statement {self.number}: {self.what}", self.sql,
                 f"  tidb    {_shown(self.tidb, self.mariadb)}", f"  mariadb {_shown(self.mariadb, self.tidb)}"]
        return "\n".join(lines + ["  with"] * bool(self.setup) + [f"  {s};" for s in self.setup])


def _shown(outcome, other):
    """The outcome; of rows the first ones that the other side does not have."""
    if outcome[0] != "rows":
        return " ".join(map(str, outcome))
    others = set(map(tuple, other[1])) if other[0] == "rows" else set()
    rows = [row for row in outcome[1] if tuple(row) not in others] or outcome[1]
    return f"{len(outcome[1])} rows: " + " / ".join("\t".join(text_of(v) for v in row) for row in rows[:6])


class Round:
    """One seed's statements. `sides`: sqlcases.record.Connection to tidb-server and oracle.Oracle, to MariaDB.

    `rules` (compare.Rule) and `itself` (forms.SelfCheck) say which differences are known, and count them.
    """

    def __init__(self, seed, sides, rules=(), itself=None):
        self.seed = seed
        self.rng = random.Random(seed)
        self.tidb, self.mariadb = sides
        self.rules = rules
        self.itself = itself or SelfCheck("", "")
        self.number = 0
        self.statements = []
        self.tables = []
        self.mismatches = []
        self.strict = True
        self.transactions = Transactions(self.rng)

    def both(self, sql):
        """The outcomes of `sql` on both sides. What is too much for MariaDB is left alone: an error of both."""
        self.statements.append(sql)
        expected = self.mariadb.run(sql)
        outcomes = expected if expected[:2] in TOO_MUCH else self.tidb.run(sql), expected
        self._check_lives(outcomes[0], sql)
        return outcomes

    def _check_lives(self, outcome, sql):
        if lost(outcome):
            raise ConnectionError(f"TBL_SEED={self.seed}: tidb is gone after: {sql}")

    def must(self, sql):
        for outcome in self.both(sql):
            assert outcome[0] != "error", f"{sql}: {outcome}"

    def _known(self, sql, outcomes, node=None, table=""):
        """The rule that explains the difference, or None. `node`: the statement's tree; `table`: what it changes."""
        def refuse(codes):
            first = 0 if outcomes[0][0] == "error" else 1
            sides = (self.tidb, self.mariadb) if first == 0 else (self.mariadb, self.tidb)
            views = {t.name: t.tree for t in self.tables if t.view and f"{t.name} " in f"{sql} "}
            return node is not None and both_refuse(node, views, table, sides, outcomes[first], codes)
        return compare.known(self.rules, sql, *outcomes, refuse)

    def _differs(self, sql, node=None, table=""):
        """(outcomes, what differs that no rule explains)."""
        outcomes = self.both(sql)
        what = compare.difference(*outcomes)
        if what and self._known(sql, outcomes, node, table):
            return outcomes, None
        return outcomes, what

    def _query_differs(self, node, ordered):
        """(outcomes, what differs that neither a rule nor MariaDB itself explains, whether it was MariaDB)."""
        sql = str(node)
        outcomes = self.both(sql)
        what = compare.difference(*outcomes, ordered)
        if not what or self._known(sql, outcomes, node):
            return outcomes, None, False
        if self.itself.contradicts(self.mariadb, node, self._widths(),
                                   lambda again: compare.difference(outcomes[0], again, ordered) is None):
            return outcomes, None, True
        return outcomes, what, False

    def _widths(self):
        return {t.name: len(t.columns) for t in self.tables}

    # the statements -------------------------------------------------------------------------------

    def play(self, statements=120):
        """Runs the round; its mismatches. It ends early when the two sides' rows are no longer the same. OracleGone."""
        with tempfile.TemporaryDirectory(prefix="tbl-random-") as directory:
            self._play(statements, directory)
        return self.mismatches

    def _play(self, statements, directory):
        loose = self.rng.random() < 0.15
        self.strict = not loose
        self._prepare(LOOSE if loose else SQL_MODE)
        if not self._create():
            return
        if self.rng.random() < 0.3:
            self._add_view()
        changes, queries = Changes(self.rng, self.tables, loose, directory), Queries(self.rng, self.tables)
        transactions = self.rng.random() < 0.4
        for _ in range(statements):
            self.number += 1
            if transactions and self.rng.random() < 0.15 and not self._control():
                break
            draw = self.rng.random()
            good = self._alter() if draw < 0.03 else self._change(changes) if draw < 0.36 else \
                self._prepared(queries.query()) if draw < 0.42 else self._query(queries.query())
            if not good:
                break

    def _prepare(self, mode):
        """Sets the sessions and makes an empty database."""
        modes = ((self.tidb, mode), (self.mariadb, f"{mode},TIME_ROUND_FRACTIONAL"))
        alone = [(side, f"set sql_mode='{text}'") for side, text in modes]
        alone += [(self.mariadb, s) for s in (*MARIADB_SETTINGS, f"drop database if exists {AGAIN}")]
        for side, setting in alone:
            assert side.run(setting)[0] != "error", setting
        for statement in (*SETTINGS, f"drop database if exists {DATABASE}", f"create database {DATABASE}",
                          f"use {DATABASE}"):
            self.must(statement)

    def _create(self):
        for i in range(self.rng.randint(2, 4)):
            table = schema.table(self.rng, f"r{i}")
            outcomes, what = self._differs(table.create)
            if what:
                self._tell(what, table.create, outcomes, [])
                return False
            if outcomes[0][0] == "error":
                continue
            self.tables.append(table)
            filler = Changes(self.rng, [table])
            for _ in range(self.rng.randint(1, 2)):
                into, rows = filler.rows(table, self.rng.choice([3, 10, 16]))
                if not self._apply(Node("statement", "insert ignore", into, "values ", rows), table):
                    return False
        return bool(self.tables)

    def _add_view(self):
        view = Queries(self.rng, self.tables).view("v0")
        outcomes, what = self._differs(view.view)
        if what:
            self._tell(what, view.view, outcomes, [])
        elif outcomes[0][0] != "error":
            counted = self.mariadb.run(f"select count(*) from {view.name}")
            if counted[0] == "rows" and int(counted[1][0][0]) <= MOST_IN_VIEW:
                self.tables.append(view)

    def _alter(self):
        """Changes a table; as everywhere, the transaction ends with it."""
        table = self.rng.choice([t for t in self.tables if t.create])
        setup = self._setup(table.name)
        sql, done = Alterations(self.rng, self.tables).draw(table)
        outcomes, what = self._differs(sql)
        self.transactions.ended()
        # How many rows MariaDB copied is no matter of TiDB's.
        if what and what != "affected rows":
            self._tell(what, sql, outcomes, setup)
            return False
        if outcomes[0][0] != "error":
            done()
            table.create = self.mariadb.run(f"show create table {table.name}")[1][0][1].decode()
        return self._same_tables([table], sql, setup)

    def _same_tables(self, tables, sql, setup):
        """Whether both have the same rows in the tables after `sql`."""
        for table in tables:
            outcomes = self.both(f"select * from {table.name}")
            what = compare.difference(*outcomes)
            if what:
                self._tell(f"{what} of {table.name} afterwards", sql, outcomes, setup)
                return False
        return True

    def _control(self):
        """BEGIN and its like; whether the sides are the same afterwards."""
        sql = self.transactions.statement()
        outcomes, what = self._differs(sql)
        if what:
            self._tell(what, sql, outcomes, [])
        return not what and ("rollback" not in sql or self._same_tables([t for t in self.tables if t.create], sql, []))

    def _query(self, query):
        outcomes, what, itself = self._query_differs(query.node, query.ordered)
        self.itself.statements += 1
        self.itself.count += itself
        if what:
            def fails():
                again, still, _ = self._query_differs(query.node, query.ordered)
                return still == what and [o[:2] for o in again if o[0] == "error"] == errors
            errors = [o[:2] for o in outcomes if o[0] == "error"]
            reduce(query.node, fails)
            small = str(query.node)
            self._tell(what, small, self.both(small), self._setup(small))
        return True

    def _prepared(self, query):
        """The query as a prepared statement, with several sets of parameters."""
        prepared = Prepared(self.rng, query)
        runner = self.rng.choice([TextRunner, BinaryRunner])
        sides = [runner(side, prepared.text) for side in (self.tidb, self.mariadb)]
        for _ in range(self.rng.choice([1, 2, 3])):
            expected = sides[1].failed or sides[1].execute(prepared.literals)
            outcomes = expected if expected[:2] in TOO_MUCH else \
                sides[0].failed or sides[0].execute(prepared.literals), expected
            plain = prepared.plain()
            self._check_lives(outcomes[0], plain)
            if lost(expected):
                raise OracleGone(plain)
            self.statements.append(plain)
            self.itself.statements += 1
            what = compare.difference(*outcomes, query.ordered)
            if what and not self._known(plain, outcomes, query.node):
                if self.itself.contradicts(self.mariadb, query.node, self._widths(), lambda again: compare.difference(
                        outcomes[0], again, query.ordered) is None, prepared=True):
                    self.itself.count += 1
                else:
                    self._tell(f"{what} of {runner.__name__} {prepared.text} {prepared.literals}", plain, outcomes,
                               self._setup(plain))
                    break
            prepared.draw()
        for side in sides:
            side.close()
        return True

    def _change(self, changes):
        node = changes.change()
        text = f"{node} "
        table = min((t for t in changes.tables if f" {t.name} " in text), key=lambda t: text.index(f" {t.name} "))
        self.itself.statements += 1
        return self._apply(node, table)

    def _apply(self, node, table):
        """Runs a change; whether the sides are the same afterwards."""
        sql = str(node)
        setup = self._setup(sql)
        outcomes, what = self._differs(sql, node, table.name)
        if not what and outcomes[0][0] != outcomes[1][0]:
            return False  # a known difference, but the rows are no longer the same
        shown = f"select * from {table.name}"
        rows = self.both(shown)
        if not what and not compare.difference(*rows):
            if compare.has_clipped(rows[1][1]) or self.strict and compare.has_zero_date(rows[1][1]):
                return False
            return not auto_ids.note(table, sql, outcomes[0][0] == "error") or self._same_id(sql, setup)
        if self._changes_its_mind(node, shown, setup, (outcomes[0], rows[0])):
            self.itself.count += 1
        else:
            self._tell(what or "rows afterwards", sql, outcomes if what else rows, setup)
        return False

    def _same_id(self, sql, setup):
        outcomes, what = self._differs("select last_insert_id()")
        if what:
            self._tell("last id", sql, outcomes, setup)
        return not what

    def _changes_its_mind(self, node, shown, setup, expected):
        """Whether MariaDB, with the tables made again and asked in other words, does what tidb-server did."""
        def agrees(outcome):
            after = self.mariadb.run(shown)
            self.mariadb.run("rollback")
            self.mariadb.run("begin")
            return not compare.difference(expected[0], outcome) and not compare.difference(expected[1], after)

        # The rows differ: the round ends here, and with it what the database was for.
        for statement in (f"create database {AGAIN}", f"use {AGAIN}", *setup, "begin"):
            self.mariadb.run(statement)
        itself = self.itself.contradicts(self.mariadb, node, self._widths(), agrees)
        for statement in ("rollback", f"drop database {AGAIN}", f"use {DATABASE}"):
            self.mariadb.run(statement)
        return itself

    def _setup(self, sql):
        """Statements that make the tables that `sql` names, as they are now on MariaDB."""
        made = []
        views = "".join(t.view for t in self.tables if t.view and f"{t.name} " in sql)
        for table in self.tables:
            if f"{table.name} " not in f"{sql} {views} ".replace(")", " "):
                continue
            if table.view:
                made.append(table.view)
                continue
            made.append(table.create)
            columns = ", ".join(c.name for c in table.writable())
            outcome = self.mariadb.run(f"select {columns} from {table.name}")
            rows = [", ".join(_literal(c, v) for c, v in zip(table.writable(), row)) for row in outcome[1]]
            if rows:
                made.append(f"insert into {table.name} ({columns}) values " + ", ".join(f"({r})" for r in rows))
        return made

    def _tell(self, what, sql, outcomes, setup):
        self.mismatches.append(Mismatch(self.seed, self.number, what, sql, *outcomes, setup))


def _literal(column, value):
    if value is None:
        return "null"
    if column.type.binary or column.type.family == "bit":
        return f"x'{value.hex()}'" if value else "''"
    if column.kind in ("int", "dec", "real"):
        return value.decode()
    return "'" + value.decode().replace("\\", "\\\\").replace("'", "''") + "'"
