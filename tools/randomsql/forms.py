"""The same statement in other words, for MariaDB to check itself: one that contradicts itself is no oracle.

Its optimizer takes columns on the inner side of an outer join for NOT NULL, reads constant tables too early, pushes
conditions to where they do not belong; its temporary tables cut numbers to lengths that it guessed. Asked the same another
way round, it does none of that.
"""
import re
from dataclasses import dataclass

from . import compare

SWITCHES = ("index_merge", "index_condition_pushdown", "derived_merge", "derived_with_keys", "firstmatch", "loosescan",
            "materialization", "semijoin", "semijoin_with_cache", "partial_match_rowid_merge", "partial_match_table_scan",
            "subquery_cache", "mrr", "outer_join_with_cache", "join_cache_incremental", "join_cache_hashed",
            "join_cache_bka", "optimize_join_buffer_size", "table_elimination", "extended_keys", "exists_to_in",
            "orderby_uses_equalities", "condition_pushdown_for_derived", "split_materialized",
            "condition_pushdown_for_subquery", "rowid_filter", "condition_pushdown_from_having", "not_null_range_scan")
PLAIN = f"set optimizer_switch='{','.join(s + '=off' for s in SWITCHES)}', join_cache_level=0"
USUAL = "set optimizer_switch=default, join_cache_level=default"

DISTINCT = "select distinct "

# A table in FROM with its alias and its hint, as queries.py writes them; b is the table beside the one that is changed.
TABLE = re.compile(r"\b([rv]\d|cte) (t\d+|b)( (?:use|ignore|force) index \(\w+\))?(?=[ ,)]|$)")


def _materialised(sql):
    """Every table as a derived one that is filled first."""
    return TABLE.sub(r"(select * from \1 limit 1000000) \2", sql)


def _or_null(source, width, alias):
    """The rows of `source` as a derived table whose columns may be NULL."""
    nulls = ", ".join(["null"] * width)
    return f"({source} union all select {nulls} from dual where false) {alias}"


def _begin(sql, end):
    """Where the bracket begins that ends at `end`."""
    depth = 0
    for place in range(end, -1, -1):
        depth += (sql[place] == ")") - (sql[place] == "(")
        if depth == 0:
            return place
    return end


def _nullable(sql, widths):
    """Every table and derived table as one whose columns may be NULL. `widths`: how many columns each table has."""
    for match in reversed(list(re.finditer(r"\) (t\d+)\b", sql))):
        begin = _begin(sql, match.start())
        inner = sql[begin + 1:match.start()]
        names = re.findall(r" as (x\d+)\b", inner)
        if inner.startswith("select ") and names[-1:] == [f"x{len(set(names)) - 1}"]:
            source = _or_null(f"select * from ({inner}) {match.group(1)}", len(set(names)), match.group(1))
            sql = sql[:begin] + source + sql[match.end():]

    def derived(match):
        name, alias = match.group(1), match.group(2)
        return _or_null(f"select * from {name}", widths[name], alias) if name in widths else match.group(0)
    return TABLE.sub(derived, sql)


def _guarded(node):
    """The statement with conditions of which MariaDB cannot tell that they fail for the padding of an outer join, nor that
    two columns are equal and one may stand for the other."""
    found = [(n, n.parts) for n in node.walk() if n.kind in ("where", "on") and n.parts and n.parts[0] in (" where ", " on ")]
    for clause, (word, *condition) in found:
        clause.parts = [f"{word}ifnull(", *condition, ", false)"]
    text = str(node)
    for clause, parts in found:
        clause.parts = parts
    return text


def _distinct_outside(node):
    """The statement with each DISTINCT over a derived table that holds its rows: of groups MariaDB leaves some twice."""
    found = [(n, n.parts) for n in node.walk() if n.kind == "query" and n.parts[0] == DISTINCT]
    for query, (_, items, *clauses, order) in found:
        columns = [str(item) for item in items.children()]
        named = [c if re.search(r" as x\d+$", c) else f"{c} as y{i}" for i, c in enumerate(columns)]
        query.parts = [DISTINCT, "* from (select ", ", ".join(named), *clauses, " limit 1000000) apart", order]
    text = str(node)
    for query, parts in found:
        query.parts = parts
    return text


def _without_twins(outcome):
    """The outcome with each row once."""
    return (outcome[0], list(map(list, dict.fromkeys(map(tuple, outcome[1]))))) if outcome[0] == "rows" else outcome


def forms(node, widths, prepared=False):
    """(settings, statement) of the same statement in other forms. `node`: its tree; `prepared`: it was one."""
    sql = str(node)
    texts = dict.fromkeys([sql, _materialised(sql), _nullable(sql, widths), _guarded(node), _distinct_outside(node)])
    return [(settings, text) for text in texts for settings in (PLAIN, USUAL) if prepared or (settings, text) != (USUAL, sql)]


@dataclass
class SelfCheck:
    """Statements that MariaDB, asked in another form, answers as tidb-server did; and how many there were in all."""
    name: str
    reason: str
    count: int = 0
    statements: int = 0

    def contradicts(self, mariadb, node, widths, agrees, prepared=False):
        """Whether MariaDB takes its answer back: `agrees(outcome)` says whether one is tidb-server's."""
        # A form may join more rows than the statement; its time is limited all the same.
        mariadb.run("set sql_big_selects=1")
        try:
            return any(agrees(outcome) for outcome in _answers(mariadb, node, widths, prepared))
        finally:
            mariadb.run("set sql_big_selects=0")


def _answers(mariadb, node, widths, prepared):
    for settings, text in forms(node, widths, prepared):
        mariadb.run(settings)
        outcome = mariadb.run(text)
        mariadb.run(USUAL)
        yield outcome
    # DISTINCT without a temporary table.
    sql = str(node)
    if sql.startswith(DISTINCT):
        yield _without_twins(mariadb.run(sql.replace(DISTINCT, "select ", 1)))
