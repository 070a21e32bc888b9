"""JOIN ... USING and NATURAL JOIN, whose results have columns of neither side alone."""
from .expressions import KINDS, Expressions, Source
from .tree import Node, joined

JOINS = ("join", "inner join", "left join", "right join")


def _side(rng, table, kinds, alias):
    """(text, columns) of the table with columns k0... of these kinds, and one x of its own; None when it has none."""
    found = []
    for kind in kinds:
        able = [c for c in table.columns if c.kind == kind and c.name not in found]
        if not able:
            return None
        found.append(rng.choice(able).name)
    names = [f"{name} as k{i}" for i, name in enumerate(found)]
    names.append(f"{rng.choice(table.columns).name} as x{alias}")
    rng.shuffle(names)
    return f"(select {', '.join(names)} from {table.name} t{alias}1) t{alias}"


def named_join(rng, tables):
    """A SELECT over a join by the names of columns, as (node, width); None when the tables have no kind in common."""
    left, right = rng.choice(tables), rng.choice(tables)
    kinds = [k for k in KINDS if all(any(c.kind == k for c in t.columns) for t in (left, right))]
    if not kinds:
        return None
    kinds = rng.sample(kinds, min(len(kinds), rng.choice([1, 1, 2])))
    sides = [_side(rng, table, kinds, alias) for table, alias in ((left, 1), (right, 2))]
    keys = [f"k{i}" for i in range(len(kinds))]
    word = rng.choice(JOINS)
    if rng.random() < 0.5:
        using = rng.sample(keys, rng.randint(1, len(keys)))
        source = f"{sides[0]} {word} {sides[1]} using ({', '.join(using)})"
    else:
        using = keys
        source = f"{sides[0]} natural {word.replace('inner ', '')} {sides[1]}"
    common = [k for k in keys if k in using]
    items = rng.choice([["*"], common + ["t1.x1", "x2"], [f"t1.{k}" for k in keys] + common, ["t1.*", "t2.*"]])
    where = Node("where")
    if rng.random() < 0.4:
        key = rng.randrange(len(common))
        literal = Expressions(rng, [Source("", [])]).leaf(kinds[int(common[key][1:])])
        where = Node("where", f" where {common[key]} {rng.choice(['=', '<', '>=', '<=>'])} ", literal, optional=True)
    return Node("query", "select ", joined("items", ", ", [Node("item", i) for i in items]), f" from {source}", where)
