"""What counts as the same answer, and the known differences."""
import json
import math
import re
import struct
from collections import Counter
from dataclasses import dataclass
from typing import Callable, Optional

# The sum of doubles depends on the order of the rows, and of functions the last digits may differ.
RELATIVE = 1e-9
NUMBER = re.compile(r"-?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?")


@dataclass
class Rule:
    """A known difference: when `applies(sql, tidb, mariadb)`, the two outcomes are as they should be.

    `refused`: errors of values. Then it holds only where both refuse the value when they are asked for it alone.
    """
    name: str
    reason: str
    applies: Callable
    refused: frozenset = frozenset()
    count: int = 0


def _same_number(a, b):
    if not (NUMBER.fullmatch(a) and NUMBER.fullmatch(b)):
        return False
    if {a, b} == {"0", "-0"}:
        return True  # of doubles; MariaDB's temporary tables have no negative zero
    if not any(mark in a + b for mark in ".e"):
        return False
    return math.isclose(float(a), float(b), rel_tol=RELATIVE, abs_tol=1e-12)


def _same_large(a, b):
    """A double without a fraction has all its digits in MySQL and TiDB, in MariaDB 16 or 17 of them and zeros."""
    digits = [x.lstrip("-") for x in (a, b)]
    whole = all(x.isdigit() and len(x) >= 17 for x in digits)
    return whole and min(len(x.rstrip("0")) for x in digits) <= 17 and float(a) == float(b)


def _same_cut(tidb, mariadb):
    """A double has at most 17 digits before the point in a temporary table of MariaDB's, and is 1e17 where it has more."""
    cut = re.fullmatch(r"-?10{17}(\.0+)?", mariadb) and NUMBER.fullmatch(tidb)
    return bool(cut) and tidb.startswith("-") == mariadb.startswith("-") and abs(float(tidb)) > 1e17


def _same_float(a, b):
    """COALESCE and its like of a FLOAT give a FLOAT in MariaDB, shown by six digits; a DOUBLE in MySQL and TiDB."""
    if not (NUMBER.fullmatch(a) and NUMBER.fullmatch(b)):
        return False
    shown = min(a, b, key=len)
    short = len(re.sub(r"e.*|[-.]", "", shown).lstrip("0")) <= 6
    return short and abs(float(a)) < 1e38 and struct.pack("f", float(a)) == struct.pack("f", float(b))


def _same_json(a, b):
    """MariaDB keeps the text of a document, TiDB its value."""
    if a[:1] not in ("{", "[") or b[:1] not in ("{", "["):
        return False
    try:
        return json.loads(a) == json.loads(b)
    except ValueError:
        return False


MOMENT = re.compile(r"(\d{4}-\d\d-\d\d )?-?\d{2,3}:\d\d:\d\d\.\d+")


def _same_digits(a, b):
    """MIN and MAX of a ZEROFILL column keep its zeros in TiDB, in MariaDB only with GROUP BY."""
    return a.isdigit() and b.isdigit() and a.lstrip("0") == b.lstrip("0")


def _same_moment(a, b):
    """How many zeros a fraction ends with is for the type to say, and types of texts as times differ."""
    return _short_moment(a) == _short_moment(b)


def _short_moment(text):
    return text.rstrip("0").rstrip(".") if MOMENT.fullmatch(text) else text


def _same_clip(a, b):
    """The longest time has no fraction in MySQL and TiDB."""
    return a.lstrip("-").startswith("838:59:59") and b.lstrip("-").startswith("838:59:59")


def has_clipped(rows):
    """Whether a row has the longest time, which has a fraction in MariaDB alone: what is computed of it differs."""
    return any(value and value.lstrip(b"-").startswith(b"838:59:59.") for row in rows for value in row)


def has_zero_date(rows):
    """Whether a row has a date of zeros: under NO_ZERO_DATE, MariaDB's functions take it for NULL, MySQL's and TiDB's do not."""
    return any(value and value.startswith(b"0000-00-00") for row in rows for value in row)


def same_value(a, b, exact):
    """Whether two cells (bytes or None) are the same. Numbers that are not `exact` have a tolerance."""
    if a == b:
        return True
    if a is None or b is None:
        return False
    a, b = a.rstrip(b"\0"), b.rstrip(b"\0")  # a UNION pads BINARY(n) in MariaDB
    left, right = a.decode("utf-8", "backslashreplace"), b.decode("utf-8", "backslashreplace")
    return left == right or not exact and \
        (_same_number(left, right) or _same_large(left, right) or _same_cut(left, right) or _same_float(left, right)) or \
        _same_json(left, right) or _same_clip(left, right) or \
        _same_moment(left, right) or _same_digits(left, right)


def _same_row(a, b, exact):
    return len(a) == len(b) and all(same_value(x, y, e) for x, y, e in zip(a, b, exact))


def sort_key(row):
    return [(v is not None, v or b"") for v in row]


def _without_twins(rows, others):
    """The rows but those that are exactly among the others."""
    counts = Counter(map(tuple, others))
    counts.subtract(map(tuple, rows))
    left = []
    for row in rows:
        if counts[tuple(row)] < 0:
            counts[tuple(row)] += 1
            left.append(row)
    return left


def same_rows(a, b, ordered, exact):
    """Whether two results are the same: as lists when the order is total, else as multisets."""
    if len(a) != len(b):
        return False
    if not ordered:
        a, b = sorted(a, key=sort_key), sorted(b, key=sort_key)
    if all(_same_row(x, y, exact) for x, y in zip(a, b)):
        return True
    if all(exact) and ordered:
        return False
    # Nearly equal numbers may have been sorted apart.
    left, rest = _without_twins(a, b), _without_twins(b, a)
    for row in left:
        twin = next((i for i, other in enumerate(rest) if _same_row(row, other, exact)), None)
        if twin is None:
            return False
        del rest[twin]
    return True


def difference(tidb, mariadb, ordered=False, exact=None) -> Optional[str]:
    """What differs between two outcomes of Connection.run, or None."""
    if "error" in (tidb[0], mariadb[0]):
        if tidb[0] != mariadb[0]:
            return "one side fails"
        return None if tidb[1] == mariadb[1] else "error numbers"
    if tidb[0] != mariadb[0]:
        return "rows or no rows"
    if tidb[0] == "ok":
        return None if tidb[1] == mariadb[1] else "affected rows"
    width = len((tidb[1] or mariadb[1] or [[]])[0])
    exact = exact or [False] * width
    return None if same_rows(tidb[1], mariadb[1], ordered, exact) else "rows"


def known(rules, sql, tidb, mariadb, both_refuse=lambda codes: False):
    """The first rule that explains the difference, or None. `both_refuse`: refused.both_refuse() of this statement."""
    for rule in rules:
        if rule.applies(sql, tidb, mariadb) and (not rule.refused or both_refuse(rule.refused)):
            rule.count += 1
            return rule
    return None
