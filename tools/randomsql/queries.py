"""Random SELECT statements over given tables."""
import re
from dataclasses import dataclass
from typing import List

from .expressions import KINDS, Expressions, Ref, Source
from .named_joins import named_join
from .schema import Column, Table
from .tree import Node, fill, joined

AGGREGATES = {
    "int": ["count({})", "count(distinct {})", "min({})", "max({})", "sum({})", "avg({})",
            # A number beyond BIGINT, as IF makes them of signed and unsigned ones, is clipped in MariaDB.
            "bit_and(abs({}) % 65536)", "bit_or(abs({}) % 65536)", "bit_xor(abs({}) % 65536)", "sum(distinct {})"],
    "dec": ["sum({})", "avg({})", "min({})", "max({})", "count({})", "avg(distinct {})"],
    # Of numbers that are large beside their sum or their differences, which digits of a sum or variance are right depends on
    # the order of rows; and equal ones may differ in the last digit, which then decides what is sorted first. Columns hold eighths: with the
    # addend none lies on the edge of rounding.
    "real": ["sum(abs({}))", "avg(abs({}))", "sum({} % 1000)", "avg({} % 1000)", "min({})", "max({})", "count(distinct {})"] +
            [f"round({f}(({{}} % 1000) * 1e0) + 37e-8, 6)" for f in ("std", "stddev_pop", "stddev_samp", "variance", "var_samp")],
    "str": ["min(concat({}))", "max(concat({}))", "count({})", "count(distinct {})", "group_concat({0} order by {0})",
            "group_concat(distinct {0} order by {0} desc separator '|')"],
    "dt": ["min({})", "max({})", "count({})", "count(distinct {})"],
    "date": ["min({})", "max({})", "count(distinct {})"],
    "time": ["min({})", "max({})", "count({})"],
}
# What kind an aggregate gives when it is not that of its argument.
RESULT = {"count": "int", "bit": "int", "avg": "dec", "std": "real", "var": "real", "group": "str"}
# How MariaDB merges the lengths of numbers cuts some of them; what it says of the lengths of texts is too short at times.
UNION_CAST = {"int": "cast({} as signed)", "dec": "cast({} as decimal(30,6))", "str": "if(true, {}, space(200))"}


@dataclass
class Query:
    """A SELECT with the kinds of its columns; `ordered` when equal rows are its only freedom of order."""
    node: Node
    kinds: List[str]
    ordered: bool = False

    def __str__(self):
        return str(self.node)


class Queries:
    """Draws queries over `tables` (schema.Table); `ctes` are (name, columns) of a WITH around."""

    def __init__(self, rng, tables):
        self.rng = rng
        self.tables = tables
        self.ctes = []
        self.number = 0

    def query(self):
        """A statement: perhaps a union, perhaps with a WITH."""
        self.number = 0
        self.ctes = []
        by_name = named_join(self.rng, self.tables) if self.rng.random() < 0.06 else None
        if by_name:
            return Query(by_name, [])
        with_part = ""
        if self.rng.random() < 0.08:
            inner = self.select([], 1, names=True)
            self.ctes = [("cte", [Ref(f"x{i}", k) for i, k in enumerate(inner.kinds)])]
            with_part = Node("with", "with cte as (", inner.node, ") ")
        made = self._union() if self.rng.random() < 0.12 else self.select([], 2)
        if with_part:
            made.node = Node("statement", with_part, made.node)
        return made

    def view(self, name):
        """A view of a query, as a table to be read. In it MariaDB loses the places of an ORDER BY, and a CAST its collation."""
        inner = None
        while inner is None or " as char" in str(inner.node):
            self.number = 0
            inner = self.select([], 1, names=True, plain=True)
        columns = [Ref(f"x{i}", k) for i, k in enumerate(inner.kinds)]
        return Table(name, columns, view=f"create view {name} as {inner.node}", tree=inner.node)

    def _union(self):
        kinds = [self.rng.choice(("int", "str", "dec", "date")) for _ in range(self.rng.randint(1, 3))]
        parts = [self.select([], 1, kinds=kinds, plain=True).node]
        for _ in range(self.rng.randint(1, 2)):
            word = self.rng.choice([" union ", " union all ", " union "])
            parts.append(Node("item", word, self.select([], 1, kinds=kinds, plain=True).node, optional=True))
        order = self._order(len(kinds))
        return Query(Node("query", *parts, order), kinds, bool(order.parts))

    # FROM ---------------------------------------------------------------------------------------

    def _alias(self):
        self.number += 1
        return f"t{self.number}"

    def _source(self, depth):
        """(node, Source) of a table, a derived table or the CTE."""
        alias = self._alias()
        choice = self.rng.random()
        if self.ctes and choice < 0.4:
            name, columns = self.ctes[0]
            return Node("table", f"{name} {alias}"), Source(alias, columns)
        if depth > 0 and choice < 0.12:
            inner = self.select([], depth - 1, names=True)
            columns = [Ref(f"x{i}", k) for i, k in enumerate(inner.kinds)]
            return Node("table", "(", inner.node, f") {alias}"), Source(alias, columns)
        table = self.rng.choice(self.tables)
        hint = ""
        if table.indexes and self.rng.random() < 0.15:
            hint = f" {self.rng.choice(['use', 'ignore', 'force'])} index ({self.rng.choice(list(table.indexes))})"
        return Node("table", f"{table.name} {alias}{hint}"), Source(alias, table.columns)

    def on(self, left, right):
        """A condition that joins: mostly equality of columns of one kind."""
        # Without columns of queries around: MariaDB takes the padding of an outer join for matches then.
        both = Expressions(self.rng, left + [right])
        one, two = Expressions(self.rng, [self.rng.choice(left)]), Expressions(self.rng, [right])
        conditions = []
        kinds = [k for k in KINDS if one.columns(k) and two.columns(k)]
        if kinds and self.rng.random() < 0.85:
            kind = self.rng.choice(kinds)
            operator = self.rng.choice(["=", "=", "=", "=", "<=>", "<", ">="])
            conditions.append(fill("bool", f"({{}} {operator} {{}})", one.reference(kind), two.reference(kind)))
        if not conditions or self.rng.random() < 0.3:
            conditions.append(both.condition(1))
        return joined("bool", " and ", conditions)

    def _from(self, depth, outer):
        count = self.rng.choice([1, 1, 1, 2, 2, 3])
        node, source = self._source(depth)
        sources, parts = [source], [node]
        for _ in range(count - 1):
            node, source = self._source(depth)
            word = self.rng.choice([" join ", " left join ", " left join ", " right join ", " inner join ", ", ", " cross join "])
            if "," in word or "cross" in word:
                # A comma binds weaker than JOIN: what follows could not name what stands before it.
                parts.append(Node("item", " cross join ", node))
            else:
                parts += [Node("item", word, node), Node("on", " on ", self.on(sources, source))]
            sources.append(source)
        return Node("from", " from ", *parts), sources

    # the query ----------------------------------------------------------------------------------

    def _order(self, width, must=False, distinct=False):
        """ORDER BY every column, perhaps with LIMIT; or nothing."""
        if not must and self.rng.random() < 0.4:
            return Node("order")
        places = list(range(1, width + 1))
        self.rng.shuffle(places)
        text = ", ".join(f"{p}{self.rng.choice(['', '', ' desc'])}" for p in places)
        limit = []
        if self.rng.random() < 0.5:
            # MariaDB forgets the offset of a DISTINCT over constants.
            counts = ["1", "3", "0", "100"] + ([] if distinct else ["2, 3", "5 offset 1"])
            limit = [Node("limit", f" limit {self.rng.choice(counts)}", optional=True)]
        return Node("order", f" order by {text}", *limit)

    def select(self, outer, depth, kinds=None, plain=False, names=False, grouped=True):
        """A SELECT. `kinds`: those of its columns; `plain`: without ORDER BY; `names`: columns called x0, x1."""
        from_node, sources = self._from(depth, outer)
        scope = Expressions(self.rng, sources, outer, self._subquery if depth > 0 else None)
        distinct = "distinct " if self.rng.random() < 0.1 else ""
        # Where nothing is made of the columns, truth values too: in a WHERE their NULLs are not seen.
        able = KINDS if plain or names else KINDS + ("bool",)
        kinds = kinds or [self.rng.choice(able) for _ in range(self.rng.randint(1, 4))]
        where = Node("where")
        if self.rng.random() < 0.75:
            where = Node("where", " where ", scope.condition(), optional=True)
        if grouped and self.rng.random() < 0.3:
            items, kinds, tail = self._grouped(scope, [k.replace("bool", "int") for k in kinds], plain, names)
            if plain:
                items = [fill(k, UNION_CAST[k], i) if k in ("int", "dec") else i for k, i in zip(kinds, items)]
        else:
            items = [self._item(scope, k, names) for k in kinds]
            if plain:
                items = [fill(k, UNION_CAST[k], i) if k in UNION_CAST else i for k, i in zip(kinds, items)]
            tail = []
        if names:
            items = [Node("named", item, f" as x{i}") for i, item in enumerate(items)]
        order = Node("order") if plain or names and self.rng.random() < 0.7 else self._order(len(items), names, bool(distinct))
        node = Node("query", "select " + distinct, Node("items", *_commas(items)), from_node, where, *tail, order)
        return Query(node, kinds, bool(order.parts))

    def _item(self, scope, kind, names):
        if kind == "bool":
            return scope.condition(1)
        # A text as it is stored; bytes among them only where nothing else is made of them.
        stored = scope.reference(kind) if kind == "str" and not names and self.rng.random() < 0.2 else None
        return stored or scope.make(kind, 2)

    def _grouped(self, scope, kinds, plain, names):
        """Items, kinds and the clauses of a query with aggregates."""
        keys, items, made = [], [], []
        for kind in kinds:
            reference = Expressions(self.rng, _stored(scope.sources)).reference(kind)
            # A UNION pads BINARY(n) in MariaDB, and takes what it has padded for the same.
            padded = plain and reference and _is_binary(str(reference), scope.sources)
            if reference and "(" not in str(reference) and not padded and self.rng.random() < 0.4:
                keys.append(str(reference))
                items.append(reference)
                made.append(kind)
            else:
                item, result = self._aggregate(scope, kind, plain, names)
                items.append(item)
                made.append(result)
        tail = []
        if keys:
            tail.append(Node("group", f" group by {', '.join(dict.fromkeys(keys))}"))
        if self.rng.random() < 0.3:
            item, kind = self._aggregate(scope, self.rng.choice(("int", "dec", "str")))
            literal = Expressions(self.rng, []).leaf(kind)
            tail.append(Node("having", " having ", item, self.rng.choice([" > ", " = ", " <> "]), literal, optional=True))
        return items, made, tail

    def _aggregate(self, scope, kind, plain=False, names=False):
        if self.rng.random() < 0.1:
            return Node("int", "count(*)"), "int"
        # A UNION of a BIGINT UNSIGNED with other numbers is a double in MariaDB, a decimal in TiDB.
        # An average in a derived table is cut to the digits that it shows, in TiDB only when it is shown.
        template = self.rng.choice([t for t in AGGREGATES[kind] if not (plain and t.startswith("bit") or
                                                                        names and t.startswith("avg"))])
        # An aggregate's argument has no subquery: where it may stand differs. Constants are a matter of their own.
        inner = Expressions(self.rng, _stored(scope.sources))
        argument = inner.make(kind, 1)
        if not re.search(r"\bt\d", str(argument)):
            argument = inner.reference(kind)
            if argument is None:
                return Node("int", "count(*)"), "int"
        node = fill(kind, template, argument) if "{0}" not in template else \
            Node(kind, template.format(str(argument)))
        result = next((r for word, r in RESULT.items() if template.startswith(word)), kind)
        return node, result

    def _subquery(self, scope, kind):
        """A subquery in an expression, correlated with the scope's columns now and then."""
        outer = scope.sources + scope.outer if self.rng.random() < 0.5 else []
        if kind == "bool":
            return self._predicate_subquery(scope, outer)
        from_node, sources = self._from(0, outer)
        inner = Expressions(self.rng, sources, outer)
        where = Node("where", " where ", inner.condition(1), optional=True)
        functions = [t for t in AGGREGATES[kind] if t.startswith(("min", "max"))]
        item = fill(kind, self.rng.choice(functions), Expressions(self.rng, sources).make(kind, 1))
        return Node(kind, "(select ", item, from_node, where, ")")

    def _predicate_subquery(self, scope, outer):
        form = self.rng.choice(["exists", "not exists", "in", "in", "not in", "any", "all"])
        kind = self.rng.choice(("int", "int", "str", "date", "dec"))
        from_node, sources = self._from(0, outer)
        inner = Expressions(self.rng, sources, outer)
        where = Node("where", " where ", inner.condition(1), optional=True)
        item = inner.make(kind, 1)
        query = Node("subquery", "(select ", item, from_node, where, ")")
        if "exists" in form:
            return Node("bool", f"({form} ", query, ")")
        left = Expressions(self.rng, scope.sources, scope.outer).make(kind, 1)
        operator = f" {form} " if "in" in form else f" {self.rng.choice(['=', '<', '>=', '<>'])} {form} "
        if "in" not in form:
            # Behind an OR, a comparison with ANY that is NULL is 0 in MariaDB.
            return Node("bool", "((", left, operator, query, ") is true)")
        return Node("bool", "(", left, operator, query, ")")


def _is_binary(text, sources):
    """Whether the text is a column of BINARY(n)."""
    return any(text == f"{s.alias}.{c.name}" and c.type and c.type.family == "binary" for s in sources for c in s.columns)


def _stored(sources):
    """MariaDB groups constants of an outer-joined derived table as if they could not be NULL."""
    return [s for s in sources if isinstance(s.columns[0], Column)]


def _commas(nodes):
    parts = []
    for i, node in enumerate(nodes):
        parts += [", ", node] if i else [node]
    return parts
