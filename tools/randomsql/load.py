"""LOAD DATA LOCAL: a file of random rows, and the statement that reads it."""
import os
import re

from . import values
from .tree import Node

# Texts that a column may refuse; LOCAL makes warnings of errors, as IGNORE does.
UNFIT = {"int": ["x", "", "1.5", "999999999999", "-1"], "decimal": ["x", "", "1e3", "1.23456789"], "real": ["x", ""],
         "varchar": ["toolongtoolongtoolongtoolongtoolong"], "enum": ["nope", ""], "set": ["p,nope", ""]}


def _text(literal):
    """What stands in a file for the literal; None is NULL."""
    quoted = re.fullmatch(r"(?:\w+ )?'(.*)'", literal, re.S)
    return quoted.group(1).replace("''", "'").replace("\\\\", "\\") if quoted else literal


def _escaped(text):
    return "\\N" if text is None else re.sub(r'([\\\t\n,"])', r"\\\1", text)


class Loads:
    """Draws statements; their files are in `directory`."""

    def __init__(self, rng, directory):
        self.rng = rng
        self.directory = directory
        self.number = 0

    def _cell(self, column, replaces):
        if column.nullable and self.rng.random() < 0.15:
            return None
        # With REPLACE, errors are errors in MariaDB.
        if not replaces and self.rng.random() < 0.06 and column.type.family in UNFIT:
            return self.rng.choice(UNFIT[column.type.family])
        return _text(values.fitting(self.rng, column.type))

    def statement(self, table):
        """A statement, or None: a BIT is read as bytes, a table with AUTO_INCREMENT counts in its own way."""
        columns = table.writable()
        if table.auto or any(c.type.family == "bit" for c in columns):
            return None
        if self.rng.random() < 0.3:
            columns = [c for c in columns if not (c.nullable or c.default) or self.rng.random() < 0.7] or columns
        self.rng.shuffle(columns)
        replaces = self.rng.random() < 0.2
        rows = [[_escaped(self._cell(c, replaces)) for c in columns] for _ in range(self.rng.choice([1, 3, 6]))]
        between, around, options = self.rng.choice([
            ("\t", "", ""), (",", "", " fields terminated by ','"),
            (",", '"', " fields terminated by ',' optionally enclosed by '\"'")])
        # \N alone is NULL; in quotes it would be a letter.
        lines = [between.join(c if c == "\\N" else f"{around}{c}{around}" for c in row) for row in rows]
        self.number += 1
        path = os.path.join(self.directory, f"{self.number}.txt")
        with open(path, "w", encoding="utf-8") as file:
            file.write("".join(f"{line}\n" for line in lines))
        how = " replace" if replaces else self.rng.choice(["", " ignore"])
        names = ", ".join(c.name for c in columns)
        shown = repr(lines).replace("*/", "")
        return Node("statement", f"load data local infile '{path}'{how} into table {table.name} character set utf8mb4"
                                 f"{options} ({names}) /* {shown} */")
