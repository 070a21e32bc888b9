"""The same statement in other words, for MariaDB to check itself: one that contradicts itself is no oracle.

Its optimizer takes columns on the inner side of an outer join for NOT NULL, reads constant tables too early, pushes
conditions to where they do not belong. Asked the same another way round, it does none of that.
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

# A table in FROM with its alias and its hint, as queries.py writes them.
TABLE = re.compile(r"\b([rv]\d|cte) (t\d+)( (?:use|ignore|force) index \(\w+\))?(?=[ ,)]|$)")


def _materialised(sql):
    """Every table as a derived one that is filled first."""
    return TABLE.sub(r"(select * from \1 limit 1000000) \2", sql)


def _nullable(sql, widths):
    """Every table as a derived one whose columns may be NULL. `widths`: how many columns each has."""
    def derived(match):
        name, alias = match.group(1), match.group(2)
        if name not in widths:
            return match.group(0)
        nulls = ", ".join(["null"] * widths[name])
        return f"(select * from {name} union all select {nulls} from dual where false) {alias}"
    return TABLE.sub(derived, sql)


def forms(sql, widths):
    """(settings, statement) of the same statement in other forms."""
    texts = dict.fromkeys([sql, _materialised(sql), _nullable(sql, widths)])
    return [(settings, text) for text in texts for settings in (PLAIN, USUAL) if (settings, text) != (USUAL, sql)]


@dataclass
class SelfCheck:
    """Statements that MariaDB, asked in another form, answers as tidb-server did; and how many there were in all."""
    name: str
    reason: str
    count: int = 0
    statements: int = 0

    def contradicts(self, mariadb, sql, widths, agrees):
        """Whether MariaDB takes its answer back: `agrees(outcome)` says whether one is tidb-server's."""
        for settings, text in forms(sql, widths):
            mariadb.run(settings)
            outcome = mariadb.run(text)
            mariadb.run(USUAL)
            if agrees(outcome):
                return True
        return False
