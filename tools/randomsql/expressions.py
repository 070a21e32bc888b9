"""Random expressions of a wanted kind over the columns in scope."""
import re
from dataclasses import dataclass
from typing import Callable, List, Optional

from . import values
from .functions import FAILING, LITERALS, TEMPLATES
from .tree import Node, fill

FRACTION = re.compile(r"\.\d+'")
KINDS = ("int", "dec", "real", "str", "dt", "date", "time")
CAREFUL = {kind: [(t, kinds) for t, kinds in made if not FAILING.search(t) and not {"NUMTEXT", "INTLIT"} & set(kinds)]
           for kind, made in TEMPLATES.items()}
# What may stand where another kind is asked for: both servers convert it in the same way.
STAND_INS = {"int": ["bool", "int"], "dec": ["int", "dec"], "real": ["int", "dec"], "str": ["str"], "dt": ["date", "dt"],
             "date": ["date"], "time": ["time"], "bool": ["bool", "int"]}


@dataclass
class Source:
    """Something in FROM: its alias, and its columns as things with `name`, `kind` and `type` (or None)."""
    alias: str
    columns: list


@dataclass
class Ref:
    """A column of a derived table."""
    name: str
    kind: str
    type: Optional[values.ColumnType] = None


class Expressions:
    """Draws expressions. `sources` are in scope, `outer` those of the queries around.

    A `careful` one draws nothing that fails in a statement that writes.
    """

    def __init__(self, rng, sources: List[Source], outer=(), subquery: Optional[Callable] = None, careful=False):
        self.rng = rng
        self.sources = sources
        self.outer = list(outer)
        self.subquery = subquery
        self.careful = careful

    def columns(self, kind, sources=None):
        """(alias, column) of every column of the kind."""
        return [(s.alias, c) for s in (self.sources if sources is None else sources) for c in s.columns
                if c.kind == kind]

    def reference(self, kind, mixed=False):
        """A column of the kind, or None when there is none. `mixed`: what is made of it holds other values, too."""
        found = self.columns(kind)
        if self.outer and (not found or self.rng.random() < 0.2):
            found = self.columns(kind, self.outer) or found
        if not found:
            return None
        alias, column = self.rng.choice(found)
        text = f"{alias}.{column.name}" if alias else column.name
        if mixed and column.type is not None:
            text = column.type.beside_others(text)
        # A bare BIT is bytes; a UNION of YEAR and a number is 99999 in MariaDB.
        bare = column.type is None or column.type.family not in ("bit", "year")
        return Node(kind, text if bare else f"({text} + 0)")

    def leaf(self, kind):
        choice = self.rng.random()
        if choice < 0.05 and kind != "json":
            return Node(kind, "null")
        if choice < 0.72:
            found = self.reference(kind, mixed=True)
            if found:
                return found
        # A text that stands for a time makes a text of IFNULL and its like, and how those compare with times differs.
        return Node(kind, values.literal(self.rng, kind, typed=True))

    def make(self, kind, depth=3):
        """An expression of the kind."""
        if kind in LITERALS:
            return Node(kind, self.rng.choice(LITERALS[kind]))
        if kind == "simple":
            return self._predicate()
        if kind in ("any", "uint", "bytes", "text"):
            return self._special(kind, depth)
        if kind in STAND_INS and self.rng.random() < 0.08:
            kind = self.rng.choice(STAND_INS[kind])
        if kind not in TEMPLATES:
            return self.leaf(kind)
        if self.subquery and depth > 0 and self.rng.random() < (0.12 if kind == "bool" else 0.04):
            made = self.subquery(self, kind)
            if made:
                return made
        if depth <= 0 or self.rng.random() < 0.25 and kind != "bool":
            return self._predicate() if kind == "bool" else self.leaf(kind)
        template, kinds = self.rng.choice(CAREFUL[kind] if self.careful else TEMPLATES[kind])
        node = fill(kind, template, *[self.make(k, depth - 1) for k in kinds])
        return node if kind != "bool" and not template.startswith("case") else Node(kind, "(", node, ")")

    def _special(self, kind, depth):
        if kind == "any":
            return self.make(self.rng.choice(KINDS), depth)
        if kind == "uint":
            return fill("uint", "abs({})", self.make("int", min(depth, 0)))
        found = [(a, c) for a, c in self.columns("str") if c.type is not None and c.type.binary == (kind == "bytes")]
        if not found:
            return self.leaf("str") if kind == "bytes" else Node("str", values.literal(self.rng, "str"))
        alias, column = self.rng.choice(found)
        return Node("str", f"{alias}.{column.name}" if alias else column.name)

    def _predicate(self):
        """A comparison of a column with a literal: what indexes can be used for."""
        kind = self.rng.choice(KINDS)
        left = self.reference(kind)
        if left is None:
            return self.leaf("bool")
        operator = self.rng.choice(["=", "=", "<", ">", "<=", ">=", "<>", "<=>", "in", "between", "is null"])

        def right():
            # MariaDB cuts a constant's fraction to the column's when it looks into an index.
            text = values.literal(self.rng, kind)
            return Node(kind, FRACTION.sub("'", text) if kind in ("dt", "time") else text, literal=True)

        if operator == "in":
            return fill("bool", "({} in ({}, {}, {}))", left, right(), right(), right())
        if operator == "between":
            return fill("bool", "({} between {} and {})", left, right(), right())
        if operator == "is null":
            return fill("bool", self.rng.choice(["({} is null)", "({} is not null)"]), left)
        return fill("bool", f"({{}} {operator} {{}})", left, right())

    def condition(self, depth=2):
        """A WHERE: a few predicates and now and then something deep."""
        count = self.rng.choice([1, 1, 2, 2, 3])
        nodes = [self._predicate() if self.rng.random() < 0.6 else self.make("bool", depth) for _ in range(count)]
        node = nodes[0]
        for other in nodes[1:]:
            node = fill("bool", f"({{}} {self.rng.choice(['and', 'and', 'or'])} {{}})", node, other)
        return node
