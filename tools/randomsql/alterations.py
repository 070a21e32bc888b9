"""Random ALTER TABLE, CREATE INDEX, RENAME and TRUNCATE."""
import re

from . import values
from .schema import KEYABLE, Column, default_of

WIDER = {"tinyint": "smallint", "smallint": "mediumint", "mediumint": "int", "int": "bigint"}


class Alterations:
    """Draws statements that both servers take: TiDB 3.0 changes one thing at a time, and no stored value."""

    def __init__(self, rng, tables):
        self.rng = rng
        self.tables = tables

    def draw(self, table):
        """(statement, what makes `table` look so when it has succeeded)."""
        ways = [(self._add_key, 4), (self._drop_index, 2), (self._add_column, 4), (self._drop_column, 2),
                (self._modify, 3), (self._rename_column, 1), (self._rename_index, 1), (self._set_default, 1),
                (self._truncate, 1), (self._rename, 1), (self._partition, 1)]
        while True:
            way = self.rng.choices([w for w, _ in ways], weights=[n for _, n in ways])[0]
            made = way(table)
            if made:
                return made

    def _number(self, table):
        return len(table.columns) + len(table.indexes) + self.rng.randint(10, 99)

    def _add_key(self, table):
        able = [c for c in table.columns if c.type.family in KEYABLE]
        if not able:
            return None
        key = self.rng.sample(able, min(len(able), self.rng.choice([1, 1, 2])))
        columns, number = ", ".join(c.name for c in key), self._number(table)
        if self.rng.random() < 0.3 and not table.unique and not table.partition:
            return f"alter table {table.name} add unique key u{number} ({columns})", lambda: table.unique.append(key)
        made = self.rng.choice([f"create index k{number} on {table.name} ({columns})",
                                f"alter table {table.name} add index k{number} ({columns})"])
        return made, lambda: table.indexes.update({f"k{number}": key})

    def _drop_index(self, table):
        if not table.indexes:
            return None
        name = self.rng.choice(list(table.indexes))
        made = self.rng.choice([f"alter table {table.name} drop index {name}", f"drop index {name} on {table.name}"])
        return made, lambda: table.indexes.pop(name)

    def _rename_index(self, table):
        if not table.indexes:
            return None
        name, new = self.rng.choice(list(table.indexes)), f"k{self._number(table)}"
        return f"alter table {table.name} rename index {name} to {new}", \
            lambda: table.indexes.update({new: table.indexes.pop(name)})

    def _add_column(self, table):
        column = Column(f"c{self._number(table)}", values.column_type(self.rng))
        column.nullable = self.rng.random() < 0.7
        column.default = default_of(self.rng, column)
        if column.kind in ("date", "dt", "json") and not column.default:
            # What old rows would get: MariaDB refuses zero dates, and has an empty text as a document.
            column.nullable = True
        place, position = "", len(table.columns)
        if self.rng.random() < 0.3:
            position = self.rng.randint(0, len(table.columns) - 1)
            place = f" after {table.columns[position - 1].name}" if position else " first"
        return f"alter table {table.name} add column {column.sql()}{place}", lambda: table.columns.insert(position, column)

    def _free(self, table):
        """Columns that nothing else is made of."""
        keys = [c for key in table.keys() + list(table.indexes.values()) for c in key]
        return [c for c in self._named_nowhere(table) if c not in keys]

    @staticmethod
    def _named_nowhere(table):
        texts = " ".join(c.generated for c in table.columns) + " " + table.partition
        return [c for c in table.columns if not re.search(rf"\b{c.name}\b", texts) and not c.generated]

    def _drop_column(self, table):
        free = self._free(table)
        if not free or len(table.writable()) < 3:
            return None
        column = self.rng.choice(free)
        return f"alter table {table.name} drop column {column.name}", lambda: table.columns.remove(column)

    def _modify(self, table):
        """A wider type, or another default."""
        able = [c for c in self._free(table) if c.type.family in ("int", "varchar")]
        if not able:
            return None
        column = self.rng.choice(able)
        new = self._wider(column.type)
        if new is None:
            return None
        changed = Column(column.name, new, column.nullable, column.default)

        def done():
            column.type = new
        return f"alter table {table.name} modify column {changed.sql()}", done

    def _wider(self, old):
        if old.family == "varchar":
            length = old.length + self.rng.choice([0, 5, 40])
            return values.ColumnType(f"varchar({length})", "str", "varchar", length=length)
        word = old.sql.split("(")[0].split(" ")[0]
        if word not in WIDER or "zerofill" in old.sql:
            return None
        bits = values.INT_BITS[WIDER[word]]
        if "unsigned" in old.sql:
            return values.ColumnType(f"{WIDER[word]} unsigned", "int", "int", 0, 2 ** bits - 1)
        return values.ColumnType(WIDER[word], "int", "int", -2 ** (bits - 1), 2 ** (bits - 1) - 1)

    def _rename_column(self, table):
        able = self._named_nowhere(table)
        if not able:
            return None
        column, name = self.rng.choice(able), f"c{self._number(table)}"
        renamed = Column(name, column.type, column.nullable, column.default, update=column.update, auto=column.auto)

        def done():
            column.name = name
        return f"alter table {table.name} change column {column.name} {renamed.sql()}", done

    def _set_default(self, table):
        # With the default, MariaDB drops the column's ON UPDATE; MySQL and TiDB do not.
        able = [c for c in table.writable()
                if c.type.family not in ("text", "blob", "json", "timestamp") and not c.auto and not c.update]
        if not able:
            return None
        column = self.rng.choice(able)
        value = values.fitting(self.rng, column.type) if self.rng.random() < 0.7 or not column.nullable else "null"

        def done():
            column.default = value
        return f"alter table {table.name} alter column {column.name} set default {value}", done

    def _truncate(self, table):
        def done():
            table.counter, table.in_step = 0, True
        return f"truncate table {table.name}", done

    def _rename(self, table):
        taken = [t.name for t in self.tables]
        name = self.rng.choice([f"r{i}" for i in range(10) if f"r{i}" not in taken])

        def done():
            table.name = name
            # TiDB takes new ids for a table of another name.
            table.in_step, table.counter = False, table.counter + 40000
        return self.rng.choice([f"rename table {table.name} to {name}", f"alter table {table.name} rename to {name}"]), done

    def _partition(self, table):
        names = re.findall(r"partition (p\w) values", table.partition)
        if len(names) < 2:
            return None
        name = self.rng.choice(names)

        def emptied():
            table.in_step = False  # the partition may have had the largest id, which MariaDB then forgets

        if self.rng.random() < 0.5:
            return f"alter table {table.name} truncate partition {name}", emptied

        def done():
            emptied()
            table.partition = re.sub(rf",? ?partition {name} values less than (\(\d+\)|maxvalue)", "", table.partition)
        return f"alter table {table.name} drop partition {name}", done
