"""Whether both servers refuse the values that one of them complained of.

A server that reads other rows first, or looks at another condition first, may never meet a value that the other one
refuses. Asked for that value alone, over all rows, it has to refuse it too: otherwise it has missed an error, or the
other one has made one up.
"""
import re

from .expressions import KINDS
from .values import quoted

EXPRESSIONS = KINDS + ("bool", "uint")
SOURCE = re.compile(r" (t\d+)(?: (?:use|ignore|force) index \(\w+\))?$")
CHANGED = re.compile(r"\b(r\d) ([ab])\b")
ALIAS = re.compile(r"\b(t\d+|[ab])\.")
BARE = re.compile(r"(?<![.\w])c\d+\b")
MOST_SOURCES = 3
NOTHING = "(select 1) one"  # without a table MariaDB would keep the warnings of the statement before
COMPLAINT = re.compile(r"(?:Truncated i|I)ncorrect (\w+) value: '(.*)'$", re.S)
CASTS = {"double": "{} + 0", "decimal": "{} + 0", "integer": "cast({} as signed)", "time": "cast({} as time)",
         "datetime": "cast({} as datetime)"}


def _sources(root, table):
    """The text in FROM of each alias; of "" the table whose columns stand without one."""
    found = {"": table}
    for node in root.walk():
        text = str(node)
        match = SOURCE.search(text) if node.kind == "table" else None
        if match:
            found[match.group(1)] = text[:match.end(1)]
        elif node.kind == "from":
            found.update((alias, f"{name} {alias}") for name, alias in CHANGED.findall(str(node.parts[0])))
    return found


def _named(node, sources):
    """What stands in FROM for the columns in the expression, or None."""
    text = str(node)
    own = {a for n in node.walk() if n.kind == "table" for a in SOURCE.findall(str(n))}
    names = sorted(set(ALIAS.findall(text)) - own) + ([""] if BARE.search(text) else [])
    if len(names) > MOST_SOURCES or "values(" in text or any(not sources.get(n) for n in names):
        return None
    return [sources[n] for n in names]


def _refuses(side, query, codes):
    outcome = side.run(query)
    if outcome[0] == "error":
        return outcome[1] in codes
    return any(int(row[1]) in codes for row in side.run("show warnings")[1])


def _smallest(node, refuses, views):
    """The expressions below and at `node` that are refused while nothing in them is; and tables that are one of `views`."""
    if node.kind == "table" and str(node).split()[0] in views:
        return [node]
    found = [n for child in node.children() for n in _smallest(child, refuses, views)]
    if found or node.kind not in EXPRESSIONS:
        return found
    return [node] if refuses(node) else []


def _refuse_value(sides, error, codes):
    """Whether both refuse the value that the error shows: for what was looked at before a view or a join dropped it."""
    match = COMPLAINT.match(error[2])
    cast = CASTS.get(match.group(1).lower()) if match else None
    return bool(cast) and all(_refuses(s, f"select {cast.format(quoted(match.group(2)))} from {NOTHING}", codes)
                              for s in sides)


def both_refuse(statement, views, table, sides, error, codes):
    """Whether what the failing side refuses of a statement is something, and all of it is refused by the other, too.

    `statement`: its tree; `views`: those of the views it reads, by name; `table`: the one it changes; `sides`: the one that
    failed with `error`, and the other; `codes`: the errors meant.
    """
    failing, other = sides
    refused_views = set()
    for view, root in [*views.items(), ("", statement)]:
        sources = _sources(root, table)
        cte = "".join(str(n) for n in root.parts[:1] if getattr(n, "kind", "") == "with")

        def refuses(node, side=failing, cte=cte, sources=sources):
            named = _named(node, sources)
            if named is None:
                return False
            query = f"select {node} from {' cross join '.join(named) or NOTHING}"
            before = cte if "cte " in query else ""  # MariaDB computes constants of what it does not need
            if not _refuses(side, before + query, codes):
                return False
            # What is refused already below, in a derived table or a view, is no matter of this expression.
            below = named + [str(n) for n in node.walk() if n.kind == "table"]
            return not any(_refuses(side, f"{before}select * from {n}", codes) for n in below if not n.startswith("r"))

        found = _smallest(root, refuses, refused_views)
        if not all(node.kind == "table" or refuses(node, side=other) for node in found):
            # Of the table that the other one has changed, the rows may be gone.
            return bool(table) and _refuse_value(sides, error, codes)
        if found:
            refused_views.add(view)
    return bool(refused_views) or _refuse_value(sides, error, codes)
