"""Where tidb-server answers a random statement otherwise than MariaDB 10.11, and why that is right."""
import re

from randomsql.compare import Rule
from randomsql.forms import SelfCheck

# A MariaDB that answers otherwise when it is asked the same in other words is no oracle. The answer that it
# gives then has to be tidb-server's; and more than this share of all statements may not be decided so.
ITSELF = SelfCheck("MariaDB contradicts itself", "bugs of its optimizer, most with outer joins: see randomsql/forms.py")
ITSELF_SHARE = 0.005
# Rounds in which MariaDB crashes: it executes a prepared statement over a view for the second time.
CRASHES_SHARE = 0.005

# Errors of single values: no number or time, out of range (1916 is MariaDB's), division by zero, logarithms.
OF_VALUES = {1292, 1365, 1411, 1441, 1690, 1916, 3020}
# Asked alone, MariaDB warns with 1264 where a CAST to DECIMAL clips; TiDB with 1690.
REFUSED = frozenset(OF_VALUES | {1264})
# Errors of single rows: those of values; too long, no such value, duplicate, NULL, no default, no partition.
OF_ROWS = OF_VALUES | {1048, 1062, 1264, 1265, 1364, 1366, 1406, 1526, 3140, 4025}


def _codes(tidb, mariadb):
    return tidb[1] if tidb[0] == "error" else 0, mariadb[1] if mariadb[0] == "error" else 0


def _other_row_first(sql, tidb, mariadb):
    a, b = _codes(tidb, mariadb)
    return a in OF_ROWS and b in OF_ROWS and re.match(r"(insert|replace|update)", sql) is not None


def _other_order(sql, tidb, mariadb):
    a, b = _codes(tidb, mariadb)
    return a in OF_VALUES and b == 0 or a == 0 and b in OF_VALUES


MIXED_SIGNS = re.compile(r"BIGINT( UNSIGNED)? value is out of range in '.*\b(if|ifnull|coalesce|case|greatest|least)\(")


def _mixed_signs(sql, tidb, mariadb):
    a, b = _codes(tidb, mariadb)
    return a == 1690 and b == 0 and MIXED_SIGNS.match(tidb[2]) is not None


def _counts_unchanged(sql, tidb, mariadb):
    written = re.match(r"replace|load data .* replace into", sql)
    return bool(written) and tidb[0] == mariadb[0] == "ok" and tidb[1] < mariadb[1]


def _unused_default(sql, tidb, mariadb):
    unused = sql.startswith("update ignore") or tidb == ("ok", 0)
    return unused and sql.startswith("update") and "= default" in sql and mariadb[:2] == ("error", 1364)


def _hint_in_view(sql, tidb, mariadb):
    a, b = _codes(tidb, mariadb)
    return "v0" in sql and (a == 1176 and b in {0, 1054, 1356} | OF_VALUES or (a, b) == (1356, 1176))


RULES = [
    Rule("other row first", "TiDB computes all rows of a statement before it writes the first, MariaDB writes row by row",
         _other_row_first),
    Rule("unchanged rows", "a row replaced by its like counts once; MariaDB sees that for one of the keys only",
         _counts_unchanged),
    Rule("other order", "which conditions are evaluated first, and so which values are never looked at, is each server's own; "
         "what one refuses, the other refuses too when it is asked for it alone", _other_order, REFUSED),
    Rule("UPDATE to DEFAULT", "a missing default is missed where a row needs it, and IGNORE makes a warning of that; in a "
         "MariaDB the statement fails", _unused_default),
    Rule("invalid view", "a view over a column that is gone; MariaDB names the column when it was in an ON",
         lambda sql, tidb, mariadb: _codes(tidb, mariadb) == (1356, 1054)),
    Rule("hint in a view", "an index that a view hints at is gone; MariaDB notices only where it reads the view, before or "
         "after what else is gone, or is refused elsewhere", _hint_in_view),
    Rule("mixed collations", "texts of two collations are compared by bytes; MariaDB refuses some (in views, with JSON)",
         lambda sql, tidb, mariadb: mariadb[0] == "error" and mariadb[1] in (1267, 1270, 1271)),
    Rule("logarithm", "of what has none: error 3020 as in MySQL and TiDB; in a MariaDB a division by zero, also where the number "
         "is NULL and only the base wrong",
         lambda sql, tidb, mariadb: _codes(tidb, mariadb) == (3020, 1365) or
         _codes(tidb, mariadb) == (0, 1365) and re.search(r"\blog\((0|-)", sql) is not None),
    Rule("mixed signs", "IFNULL and its like of a signed and an unsigned number are a BIGINT; in a MariaDB a DECIMAL, "
         "with which nothing is out of a BIGINT's range", _mixed_signs),
    Rule("zero minus", "0 less the smallest BIGINT is out of range; MariaDB gives the smallest BIGINT",
         lambda sql, tidb, mariadb: _codes(tidb, mariadb) == (1690, 0) and
         tidb[2].startswith("BIGINT value is out of range in '(0 - ")),
    Rule("round to tens", "a BIGINT rounded beyond its range is error 1690; MySQL and MariaDB wrap around",
         lambda sql, tidb, mariadb: tidb[0] == "error" and tidb[1] == 1690 and "round(" in tidb[2]),
]
