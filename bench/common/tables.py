"""Tables of the benchmarks: how each is created, told to drainer as TableInfo, and encoded in binlogs and SQL."""
import itertools
import struct
from dataclasses import dataclass
from typing import Callable

from localcluster.codec import uvarint, varint

_INT, _CHAR, _VARCHAR, _JSON, _BLOB = 3, 254, 15, 245, 252
_NOT_NULL, _PRIMARY, _UNIQUE, _MULTIPLE, _BINARY, _NO_DEFAULT = 1, 2, 4, 8, 128, 4096


def name_json(text):
    return {"O": text, "L": text.lower()}


@dataclass(frozen=True)
class Column:
    """`make(random)` gives a value: int or bytes; of a JSON column, (number, bytes of letters)."""
    name: str
    sql: str
    tp: int
    flen: int
    make: Callable
    is_text: bool = False

    def datum(self, value):
        if self.tp == _INT:
            return b"\x08" + varint(value)
        if self.tp == _JSON:
            return b"\x0a" + _json_object(*value)
        return b"\x02" + varint(len(value)) + value

    def text(self, value):
        """As a bound string."""
        if self.tp == _INT:
            return b"%d" % value
        return b'{"a": %d, "s": "%s"}' % value if self.tp == _JSON else value

    def literal(self, value):
        return self.text(value) if self.tp == _INT else b"'" + self.text(value) + b"'"


def _json_object(number, letters):
    """{"a": number, "s": letters} in TiDB's binary form, its type code first."""
    header, keys = 8 + 2 * 6 + 2 * 5, b"as"
    a_at = header + len(keys)
    s_value = uvarint(len(letters)) + letters
    body = (struct.pack("<IHIH", header, 1, header + 1, 1) + struct.pack("<BIBI", 9, a_at, 12, a_at + 8) + keys +
            struct.pack("<q", number) + s_value)
    return b"\x01" + struct.pack("<II", 2, 8 + len(body)) + body


def _letters(random, length):
    digits = b"%011d-" % random.randrange(10 ** 11)
    return (digits * (length // 12 + 1))[:length]


def integer(name, limit=1 << 30):
    return Column(name, "int not null", _INT, 11, lambda random: random.randrange(limit))


def distinct(name):
    """An INT that never repeats: multiples of a number, modulo the largest prime that fits."""
    counter = itertools.count(1)
    return Column(name, "int not null", _INT, 11, lambda _: next(counter) * 1000003 % 2147483647)


def chars(name, length, used):
    return Column(name, f"char({length}) not null", _CHAR, length, lambda random: _letters(random, used), True)


def varchars(name, length):
    return Column(name, f"varchar({length}) not null", _VARCHAR, length,
                  lambda random: _letters(random, length - 4), True)


def blob(name, length):
    return Column(name, "blob not null", _BLOB, 65535, lambda random: random.randbytes(length))


def json(name):
    return Column(name, "json not null", _JSON, 4294967295,
                  lambda random: (random.randrange(1 << 30), _letters(random, 100)))


class Table:
    """A table in `bench`: before `columns` goes `id INT`, the primary key or, where there is none, as large as the
    hidden handle; a row is the tuple of the values after it. `keys` are (column, is unique)."""

    def __init__(self, number, name, columns, keys=(), has_primary=True):
        self.number, self.name, self.has_primary = number, name, has_primary
        self.values = list(columns)
        self.columns = [integer("id"), *self.values]
        self.keys = list(keys)

    @property
    def full_name(self):
        return f"bench.{self.name}"

    def create_sql(self):
        parts = [f"{c.name} {c.sql}" for c in self.columns] + (["primary key (id)"] if self.has_primary else [])
        parts += [f"{'unique ' if unique else ''}key {name}({name})" for name, unique in self.keys]
        return f"create table {self.full_name} ({', '.join(parts)})"

    def make_row(self, random):
        return tuple(c.make(random) for c in self.values)

    # in binlogs ----------------------------------------------------------------------------------

    def inserted(self, handle, row):
        values = self._encoded(2, self.values, row) if self.has_primary else self.whole(handle, row)
        return b"\x08" + varint(handle) + values

    def whole(self, handle, row):
        """As updates and deletes hold it."""
        return self._encoded(1, self.columns, (handle, *row))

    @staticmethod
    def _encoded(first_id, columns, values):
        return b"".join(b"\x08" + varint(first_id + i) + c.datum(v) for i, (c, v) in enumerate(zip(columns, values)))

    # in SQL --------------------------------------------------------------------------------------

    def bulk_insert(self):
        return f"insert into {self.full_name} values ({','.join('?' * len(self.columns))})"

    def fields(self, handle, row):
        return [c.text(v) for c, v in zip(self.columns, (handle, *row))]

    def tuple_sql(self, handle, row):
        return b"(" + b",".join(c.literal(v) for c, v in zip(self.columns, (handle, *row))) + b")"

    def upsert_suffix(self):
        return " on duplicate key update " + ",".join(f"{c.name}=values({c.name})" for c in self.values)

    # as TiDB's metadata --------------------------------------------------------------------------

    def info(self):
        return {"id": self.number, "name": name_json(self.name), "charset": "utf8mb4", "collate": "utf8mb4_bin",
                "state": 5, "pk_is_handle": self.has_primary, "comment": "", "auto_inc_id": 0,
                "max_col_id": len(self.columns), "max_idx_id": len(self.keys), "version": 3,
                "cols": [self._column_info(i, c) for i, c in enumerate(self.columns)],
                "index_info": [self._index_info(i, *key) for i, key in enumerate(self.keys)],
                "fk_info": None, "partition": None}

    def _column_info(self, offset, column):
        flag = _NOT_NULL | _NO_DEFAULT
        if self.has_primary and offset == 0:
            flag |= _PRIMARY
        for name, unique in self.keys:
            if name == column.name:
                flag |= _UNIQUE if unique else _MULTIPLE
        charset, collate = ("utf8mb4", "utf8mb4_bin") if column.is_text else ("binary", "binary")
        if not column.is_text and column.tp != _INT:
            flag |= _BINARY
        return {"id": offset + 1, "name": name_json(column.name), "offset": offset, "origin_default": None,
                "default": None, "default_bit": None, "generated_expr_string": "", "generated_stored": False,
                "dependences": None, "state": 5, "comment": "", "version": 2,
                "type": {"Tp": column.tp, "Flag": flag, "Flen": column.flen, "Decimal": 0, "Charset": charset,
                         "Collate": collate, "Elems": None}}

    def _index_info(self, position, name, unique):
        offset = next(i for i, c in enumerate(self.columns) if c.name == name)
        return {"id": position + 1, "idx_name": name_json(name), "tbl_name": name_json(""), "is_unique": unique,
                "is_primary": False, "state": 5, "comment": "", "index_type": 1,
                "idx_cols": [{"name": name_json(name), "offset": offset, "length": -1}]}
