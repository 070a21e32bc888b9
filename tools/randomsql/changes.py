"""Random INSERT, REPLACE, UPDATE and DELETE statements."""
import re

from . import values
from .auto_ids import drawn_ids
from .expressions import Expressions, Source
from .load import Loads
from .queries import Queries
from .tree import Node, fill, joined

# Values that a column may refuse, by family: both servers are to refuse, or to bend, them alike.
UNFIT = {
    "int": ["999999999999", "-1", "'12'", "1.5", "'7.5'", "''", "'x'", "-99999999999999999999"],
    "bit": ["300", "-1", "1000000"],
    "year": ["0", "99", "1900", "2156", "'70'"],
    "decimal": ["123456789012345678901234567890.5", "1.23456789", "'2.5'", "'x'", "-1", "1e5"],
    "real": ["'1.25'", "1", "'x'", "1.5"],
    "float": ["'1.25'", "1", "'x'", "1.5"],
    "varchar": ["'toolongtoolongtoolongtoolongtoolong'", "12", "1.50", "'trail   '", "date '2020-01-02'"],
    "char": ["'toolongtoolongtoolongtoolongtoolong'", "12", "'ab  '"],
    "text": ["12", "1.5"],
    "date": ["'2020-02-30'", "'2020-13-01'", "'x'", "20200203", "'2020-01-02 10:11:12'", "'0000-00-00'", "''"],
    "datetime": ["'2020-02-30 01:02:03'", "20200203040506", "'2020-01-01'", "'x'", "'2020-01-01 25:00:00'", "'2020-01-01 10:11:12.987654'"],
    "timestamp": ["'1969-01-01 00:00:00'", "'2020-01-01'", "20200203040506", "'x'", "'2039-01-01 00:00:00'"],
    "time": ["'839:00:00'", "'12:61:00'", "101112", "'x'", "'10:11:12.987654'", "'1 10:00:00'"],
    "enum": ["''", "'nope'", "1", "9", "'3'"],
    "set": ["'p,nope'", "3", "99", "'q,p,q'"],
    "json": ["'{'", "'x'", "'[1, 2]'", "1"],
    "varbinary": ["'toolongtoolongtoolongtoolongtoolong'", "12"],
    "binary": ["'toolongtoolongtoolongtoolongtoolong'", "'a'"],
    "blob": ["12"],
}


class Changes:
    """Draws changes of `tables` (views among them are left alone).

    `loose`: strict mode is off. `directory`: where files of LOAD DATA may be; without one there are none.
    """

    def __init__(self, rng, tables, loose=False, directory=None):
        self.rng = rng
        self.loose = loose
        self.loads = Loads(rng, directory) if directory else None
        self.tables = [t for t in tables if t.create]
        self.queries = Queries(rng, tables)

    def change(self):
        draw = self.rng.choices([self.insert, self.insert_select, self.update, self.delete, self.update_join,
                                 self.delete_join, self.load], weights=[8, 2, 5, 2, 2, 1, 1 if self.loads else 0])[0]
        return draw(self.rng.choice(self.tables))

    def load(self, table):
        return self.loads.statement(table) or self.insert(table)

    def _value(self, column, unfit, lenient=False):
        """A value for the column. A `lenient` statement takes what does not fit, and makes something of it."""
        if lenient and column.kind in ("json", "date", "dt"):
            # A document that is none fails all the same in MySQL; what functions make of zero dates differs.
            unfit = 0
        if column.nullable and self.rng.random() < 0.12:
            return "null"
        if self.rng.random() < unfit:
            # NULL for a TIMESTAMP NOT NULL is the current time in MariaDB, an error in TiDB. Without strict mode TiDB
            # takes a NULL as it takes one among several rows, MariaDB fails.
            refused = not column.nullable and (column.type.family == "timestamp" or self.loose)
            null = [] if refused else ["null"]
            # Where none is given, UPDATE to the default is an error in MariaDB alone: without strict mode, and to an
            # ENUM's, which is its first member.
            missed = (self.loose or column.type.family == "enum") and not (column.nullable or column.default)
            default = [] if missed else ["default"]
            return self.rng.choice(UNFIT[column.type.family] + null + default)
        return values.fitting(self.rng, column.type)

    def rows(self, table, count, unfit=0.0, lenient=False, plain=False):
        """INSERT of `count` rows that fit, or may not; `plain` as in auto_ids.py."""
        columns = table.writable()
        if self.rng.random() < 0.3:
            # A column left out has to have a default.
            columns = [c for c in columns if not (c.nullable or c.default) or self.rng.random() < 0.7] or columns
        ids = drawn_ids(self.rng, table, count, plain) if table.auto else None
        columns = [c for c in columns if not c.auto]
        rows = [[self._value(c, unfit, lenient) for c in columns] + (ids[i:i + 1] if ids else []) for i in range(count)]
        names = [c.name for c in columns] + ([table.auto.name] if ids else [])
        nodes = [Node("row", f"({', '.join(row)})") for row in rows]
        return f" into {table.name} ({', '.join(names)}) ", joined("rows", ", ", nodes)

    def insert(self, table):
        verb = self.rng.choices(["insert", "insert ignore", "replace"], weights=[6, 2, 3])[0]
        lenient = self.loose or "ignore" in verb
        updates = verb != "replace" and self.rng.random() < 0.35 and table.keys()
        into, rows = self.rows(table, self.rng.choice([1, 1, 2, 3, 5]), self.rng.choice([0, 0, 0.1]), lenient,
                               verb == "insert" and not updates)
        node = Node("statement", verb + into + "values ", rows)
        if updates:
            node.parts.append(self._on_duplicate(table, lenient))
        return node

    def _scope(self, table, alias, lenient):
        """The table's columns. Of bytes that are no text MariaDB makes question marks where that is no error."""
        columns = [c for c in table.columns if not (lenient and c.type.binary)]
        return Expressions(self.rng, [Source(alias, columns)], careful=not self.loose)

    def _on_duplicate(self, table, lenient):
        scope = self._scope(table, "", lenient)
        items = []
        able = [c for c in table.writable() if not c.auto]
        for column in self.rng.sample(able, min(len(able), self.rng.choice([1, 1, 2]))):
            values_of = Node("value", f"values({column.name})")
            value = self.rng.choice([values_of, Node("value", self._value(column, 0.05, lenient)),
                                     self._computed(scope, column, lenient)])
            never_null = self.loose and not column.nullable  # see _value()
            items.append(fill("item", f"{column.name} = {{}}", self._settled(column, value, never_null)))
        return Node("tail", " on duplicate key update ", joined("items", ", ", items))

    def _settled(self, column, value, never_null=False):
        """What is assigned for `value`.

        Below a NULL MariaDB keeps the bytes of the column's default: a NULL that stays one may be a change there.
        """
        if not never_null and not (column.nullable and column.default not in ("", "null")):
            return value
        if len(value.parts) == 1 and re.fullmatch(r"default|'.*'|-?[\d.e]+", str(value)):
            return value
        return fill("value", f"ifnull({{}}, {values.fitting(self.rng, column.type)})", value)

    def _computed(self, scope, column, lenient):
        """An expression for the column that mostly fits it."""
        if lenient and not column.nullable and column.kind in ("date", "dt"):
            return Node("value", self._value(column, 0))  # NULL would become a zero date
        if column.type.family in ("int", "decimal", "real", "varchar", "text", "date", "datetime", "time"):
            return scope.make(column.kind, 1)
        return Node("value", self._value(column, 0))

    def insert_select(self, table):
        # MariaDB shows six digits of a FLOAT: only what fits in them is written.
        columns = [c for c in table.writable() if c.type.family not in ("json", "float")]
        if len(columns) < len(table.writable()):
            return self.insert(table)
        if any(c.type.family == "timestamp" and not c.nullable for c in columns) or table.auto:
            return self.insert(table)
        dated = any(c.kind in ("date", "dt") and not c.nullable for c in columns)
        # Of bytes that are no text MariaDB makes question marks where that is no error.
        bytes_into_text = any(c.kind == "str" and not c.type.binary for c in columns) and \
            any(c.type is not None and c.type.binary for t in self.queries.tables for c in t.columns)
        strict_only = dated or bytes_into_text
        # A NULL as in _value().
        if (strict_only or any(not c.nullable for c in columns)) and self.loose:
            return self.insert(table)
        verb = self.rng.choices(["insert", "insert ignore", "replace"], weights=[3, 0 if strict_only else 2, 1])[0]
        query = self.queries.select([], 1, kinds=[c.kind for c in columns], plain=True, grouped=False)
        # The order decides which of two rows with one key comes first.
        places = ", ".join(str(i + 1) for i in range(len(columns)))
        return Node("statement", f"{verb} into {table.name} ({', '.join(c.name for c in columns)}) ", query.node,
                    f" order by {places} limit {self.rng.choice([1, 2, 5, 20])}")

    def _assignments(self, scope, table, prefix, keys=False, lenient=False):
        """Assignments; to columns of unique keys only with `keys`, when the order of the rows is given."""
        items = []
        lenient = lenient or self.loose
        # What changes the counter of AUTO_INCREMENT differs.
        columns = [c for c in table.writable() if not c.auto and (keys or not any(c in key for key in table.keys()))]
        for column in self.rng.sample(columns, min(len(columns), self.rng.choice([1, 1, 1, 2, 3]))):
            value = Node("value", self._value(column, 0.06, lenient)) if self.rng.random() < 0.6 else \
                self._computed(scope, column, lenient)
            items.append(fill("item", f"{prefix}{column.name} = {{}}", self._settled(column, value)))
        return joined("items", ", ", items)

    def _some(self, table, scope):
        """(WHERE, ORDER BY the primary key with or without LIMIT); the second is empty now and then."""
        where, order = Node("where"), Node("tail")
        if self.rng.random() < 0.9:
            where = Node("where", " where ", scope.condition(), optional=True)
        if table.primary and self.rng.random() < 0.5:
            names = ", ".join(c.name + self.rng.choice(["", " desc"]) for c in table.primary)
            limit = self.rng.choice(["", f" limit {self.rng.randint(0, 4)}"])
            order = Node("tail", f" order by {names}{limit}")
        return where, order

    def update(self, table):
        where, order = self._some(table, self._scope(table, "", False))
        in_order = bool(order.parts)
        ignore = "ignore " if self.rng.random() < 0.15 and in_order else ""
        lenient = self.loose or bool(ignore)
        items = self._assignments(self._scope(table, "", lenient), table, "", keys=in_order, lenient=lenient)
        if not items.parts:
            return self.delete(table)
        return Node("statement", f"update {ignore}{table.name} set ", items, where, order)

    def delete(self, table):
        scope = self._scope(table, "", False)
        # Something stays in the table more often than not.
        narrow = Node("bool", " where ", scope.condition(1), " and ", scope.condition(1))
        return Node("statement", f"delete from {table.name}", narrow, self._some(table, scope)[1])

    def _joined(self, table):
        other = self.rng.choice(self.tables)
        left, right = Source("a", table.columns), Source("b", other.columns)
        on = self.queries.on([left], right)
        word = self.rng.choice([" join ", " left join ", " inner join "])
        return Node("from", f"{table.name} a{word}{other.name} b on ", on), Expressions(self.rng, [left, right], careful=not self.loose)

    def update_join(self, table):
        from_node, scope = self._joined(table)
        alone = self._scope(table, "a", self.loose)
        # What is set may not depend on which of several partners comes first; nor on which column is set first, as the
        # order is free where tables are joined.
        items = self._assignments(alone, table, "a.")
        items.parts = items.parts[:1]
        if not items.parts:
            return self.delete_join(table)
        return Node("statement", "update ", from_node, " set ", items,
                    Node("where", " where ", scope.condition(1), optional=True))

    def delete_join(self, table):
        from_node, scope = self._joined(table)
        form = self.rng.choice(["delete a from ", "delete from a using "])
        return Node("statement", form, from_node, Node("where", " where ", scope.condition(1)))
