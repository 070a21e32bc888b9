"""Random tables and views."""
from dataclasses import dataclass, field
from typing import Dict, List, Optional

from . import values
from .tree import Node

KEYABLE = ("int", "bit", "year", "decimal", "varchar", "char", "date", "datetime", "time", "enum", "set", "varbinary",
           "binary", "timestamp", "real", "float")


@dataclass
class Column:
    name: str
    type: values.ColumnType
    nullable: bool = True
    default: str = ""
    generated: str = ""
    update: str = ""
    auto: bool = False

    @property
    def kind(self):
        return self.type.kind

    def sql(self):
        text = f"{self.name} {self.type.sql}"
        if self.generated:
            return text + self.generated
        if self.type.family == "timestamp" or not self.nullable:
            text += " null" if self.nullable else " not null"
        default = f" default {self.default}" if self.default else ""
        return text + default + self.update + (" auto_increment" if self.auto else "")


@dataclass
class Table:
    """A table; or a view, which has `view` instead of `create` and is only read."""
    name: str
    columns: List[Column] = field(default_factory=list)
    primary: List[Column] = field(default_factory=list)
    unique: List[List[Column]] = field(default_factory=list)
    indexes: Dict[str, List[Column]] = field(default_factory=dict)
    partition: str = ""
    create: str = ""
    view: str = ""
    tree: Optional[Node] = None  # of the view's query
    counter: int = 0      # see auto_ids.py
    in_step: bool = True

    def writable(self):
        return [c for c in self.columns if not c.generated]

    @property
    def auto(self):
        """The AUTO_INCREMENT column, or None."""
        return next((c for c in self.columns if c.auto), None)

    def keys(self):
        return ([self.primary] if self.primary else []) + self.unique


def default_of(rng, column):
    """A DEFAULT that fits the column, or nothing."""
    family = column.type.family
    # A TIMESTAMP NOT NULL without a default gets one of its own in TiDB.
    needed = family == "timestamp" and not column.nullable
    if family in ("text", "blob", "json") or not needed and rng.random() < 0.5:
        return ""
    if column.nullable and rng.random() < 0.3:
        return "null"
    if family in ("datetime", "timestamp") and rng.random() < 0.3:
        return f"current_timestamp{column.type.fraction()}"
    return values.fitting(rng, column.type)


def _generated(rng, number, columns):
    """A generated column over the others, or None."""
    ints = [c for c in columns if c.type.family == "int" and "big" not in c.type.sql and "unsigned" not in c.type.sql]
    texts = [c for c in columns if c.type.family == "varchar"]
    how = rng.choice(["virtual", "stored"])
    if ints and rng.random() < 0.7:
        a, b = rng.choice(ints), rng.choice(ints)
        expression = rng.choice([f"{a.name} + 1", f"{a.name} * 2 + {b.name}", f"{a.name} % 3", f"ifnull({a.name}, -1)"])
        column_type = values.ColumnType("bigint", "int", "int", -2 ** 63, 2 ** 63 - 1)
    elif texts:
        a = rng.choice(texts)
        expression = rng.choice([f"concat({a.name}, '!')", f"upper({a.name})", f"left({a.name}, 2)"])
        column_type = values.ColumnType("varchar(40)", "str", "varchar", length=40)
    else:
        return None
    return Column(f"c{number}", column_type, generated=f" as ({expression}) {how}")


def _partition(rng, column):
    """A PARTITION BY over the column, or nothing."""
    if column.type.family == "int":
        if rng.random() < 0.5:
            return f" partition by hash ({column.name}) partitions {rng.randint(1, 4)}"
        bounds = ["3", "7"] if "unsigned" in column.type.sql else ["0", "3", "7"]
    elif column.type.family in ("date", "datetime"):
        if rng.random() < 0.5:
            return f" partition by hash (year({column.name})) partitions 3"
        return (f" partition by range (year({column.name})) (partition p0 values less than (2000), "
                "partition p1 values less than (2020), partition p2 values less than maxvalue)")
    else:
        return ""
    parts = [f"partition p{i} values less than ({b})" for i, b in enumerate(bounds)]
    return f" partition by range ({column.name}) ({', '.join(parts)}, partition pm values less than maxvalue)"


def _key_part(rng, column):
    if column.type.family in ("varchar", "char") and column.type.length > 3 and rng.random() < 0.2:
        return f"{column.name}(2)"
    return column.name


def _columns(rng):
    columns = []
    for number in range(rng.randint(2, 7)):
        column = Column(f"c{number}", values.column_type(rng), nullable=rng.random() < 0.75)
        column.default = default_of(rng, column)
        # Without a default MariaDB refuses to alter the table.
        defined = column.nullable or column.default
        if column.type.family in ("datetime", "timestamp") and defined and rng.random() < 0.2:
            column.update = f" on update current_timestamp{column.type.fraction()}"
        columns.append(column)
    if rng.random() < 0.3:
        extra = _generated(rng, len(columns), columns)
        columns += [extra] if extra else []
    return columns


def _primary(rng, columns):
    """Columns of the primary key; they become NOT NULL."""
    choice = rng.random()
    ints = [c for c in columns if c.type.family == "int" and not c.generated]
    if choice < 0.45 and ints:
        key = [rng.choice(ints)]
    elif choice < 0.75:
        able = [c for c in columns if c.type.family in KEYABLE and c.type.family not in ("real", "float", "timestamp") and not c.generated]
        key = rng.sample(able, min(len(able), rng.randint(1, 2)))
    else:
        key = []
    for column in key:
        column.nullable = False
        if column.default == "null":
            column.default = ""
        if not column.default:
            column.update = ""
    return key


def table(rng, name):
    columns = _columns(rng)
    made = Table(name, columns, _primary(rng, columns))
    first = made.primary[0] if len(made.primary) == 1 else None
    if first and first.type.family == "int" and "tiny" not in first.type.sql and "small" not in first.type.sql and rng.random() < 0.5 and \
            not any(c.generated for c in columns):
        first.auto, first.default = True, ""
    able = [c for c in columns if c.type.family in KEYABLE]
    stored = [c for c in able if not c.generated]
    pieces = [c.sql() for c in columns]
    if made.primary:
        pieces.append(f"primary key ({', '.join(c.name for c in made.primary)})")
    partition = ""
    if rng.random() < 0.25 and (made.primary or stored):
        partition = _partition(rng, rng.choice(made.primary or stored))
    made.partition = partition
    for number in range(rng.choice([0, 1, 1, 2, 3])):
        if not able:
            break
        key = rng.sample(able, min(len(able), rng.choice([1, 1, 2, 3])))
        if rng.random() < 0.4 and not partition and not made.unique:
            made.unique.append(key)
            pieces.append(f"unique key u{number} ({', '.join(c.name for c in key)})")
        else:
            pieces.append(f"key k{number} ({', '.join(_key_part(rng, c) for c in key)})")
            made.indexes[f"k{number}"] = key
    made.create = f"create table {name} ({', '.join(pieces)}){partition}"
    return made
