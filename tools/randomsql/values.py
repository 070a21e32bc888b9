"""Column types and literals, by kind: int dec real str dt date time json."""
from dataclasses import dataclass

WORDS = ("", "a", "b", "ab", "abc", "B", "ABC", "x y", " a", "a ", "0", "1", "12", "1.5", "3-", "a%b", "a_b", "é", "日本", "zz")
ENUM_MEMBERS = ("red", "green", "blue", "x")
SET_MEMBERS = ("p", "q", "r", "s")
JSONS = ("null", "1", "true", "[1, 2, 3]", '{"a": 1}', '{"a": {"b": [1, "x"]}, "c": null}', '"text"', "[]", "2.5",
         '[{"a": 5}, 7]')
INT_BITS = {"tinyint": 8, "smallint": 16, "mediumint": 24, "int": 32, "bigint": 64}


def quoted(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


@dataclass
class ColumnType:
    """A type as it stands in CREATE TABLE."""
    sql: str
    kind: str
    family: str          # what literals fit, and what may be said about the column
    low: int = 0
    high: int = 0
    length: int = 0
    scale: int = 0
    binary: bool = False  # bytes, to be shown by hex()

    def beside_others(self, text):
        """The column `text` for an expression with other texts: of bytes and texts functions.py tells.

        MariaDB loses rows of a DISTINCT over IFNULL and its like of a TINYTEXT.
        """
        return f"hex({text})" if self.binary else f"concat({text})" if self.sql == "tinytext" else text

    def fraction(self):
        """Digits of a time's seconds, as CURRENT_TIMESTAMP takes them: (3), or nothing."""
        return self.sql[self.sql.index("("):] if "(" in self.sql else ""


def _int_type(rng):
    name = rng.choice(list(INT_BITS))
    bits = INT_BITS[name]
    unsigned = rng.random() < 0.3
    zerofill = unsigned and rng.random() < 0.2
    width = "(8)" if zerofill else rng.choice(["", "(11)", "(4)"])
    sql = name + width + (" unsigned" if unsigned else "") + (" zerofill" if zerofill else "")
    low, high = (0, 2 ** bits - 1) if unsigned else (-2 ** (bits - 1), 2 ** (bits - 1) - 1)
    return ColumnType(sql, "int", "int", low, high)


def _decimal_type(rng):
    precision, scale = rng.choice([(10, 0), (5, 2), (10, 3), (20, 6), (30, 10), (4, 4), (65, 2)])
    unsigned = " unsigned" if rng.random() < 0.15 else ""
    return ColumnType(f"decimal({precision},{scale}){unsigned}", "dec", "decimal", length=precision - scale,
                      low=0 if unsigned else -1, scale=scale)


def _real_type(rng):
    name = rng.choice(["double", "float", "double unsigned"])
    return ColumnType(name, "real", "float" if name == "float" else "real")


def _text_type(rng):
    name = rng.choice(["varchar", "varchar", "char", "text", "tinytext", "mediumtext", "longtext"])
    if name in ("varchar", "char"):
        length = rng.choice([1, 3, 5, 10, 30])
        return ColumnType(f"{name}({length})", "str", name, length=length)
    return ColumnType(name, "str", "text", length=200)


def _binary_type(rng):
    name = rng.choice(["varbinary", "binary", "blob", "tinyblob"])
    if "blob" in name:
        return ColumnType(name, "str", "blob", length=200, binary=True)
    length = rng.choice([3, 5, 10])
    return ColumnType(f"{name}({length})", "str", name, length=length, binary=True)


def _time_type(rng):
    fraction = rng.choice(["", "", "(3)", "(6)", "(1)"])
    return rng.choice([
        ColumnType("date", "date", "date"), ColumnType("datetime" + fraction, "dt", "datetime"),
        ColumnType("timestamp" + fraction, "dt", "timestamp"), ColumnType("time" + fraction, "time", "time"),
        ColumnType("year", "int", "year", low=1970, high=2099)])


def column_type(rng):
    choice = rng.random()
    if choice < 0.34:
        return _int_type(rng)
    if choice < 0.44:
        return _decimal_type(rng)
    if choice < 0.52:
        return _real_type(rng)
    if choice < 0.68:
        return _text_type(rng)
    if choice < 0.73:
        return _binary_type(rng)
    if choice < 0.87:
        return _time_type(rng)
    if choice < 0.90:
        bits = rng.choice([1, 8, 20, 64])
        return ColumnType(f"bit({bits})", "int", "bit", high=2 ** bits - 1)
    if choice < 0.94:
        return ColumnType("enum(" + ",".join(map(quoted, ENUM_MEMBERS)) + ")", "str", "enum")
    if choice < 0.97:
        return ColumnType("set(" + ",".join(map(quoted, SET_MEMBERS)) + ")", "str", "set")
    return ColumnType("json", "json", "json")


def int_literal(rng):
    if rng.random() < 0.9:
        return str(rng.randint(-3, 12))
    return str(rng.choice([0, 100, 127, 128, 255, 1000, -128, 65535, 2147483647, 20200131]))


def decimal_literal(rng):
    return f"{rng.randint(-40, 150)}.{rng.choice(['0', '5', '25', '10', '333', '999'])}"


def real_literal(rng):
    return f"{rng.randint(-40, 150) / 8}e0"


def text_literal(rng):
    return quoted(rng.choice(WORDS))


def date_text(rng):
    return rng.choice(["2020-01-31", "2020-02-29", "2019-12-31", "2020-03-01", "1999-12-31", "2000-01-01", "2024-06-15"])


def time_text(rng):
    return rng.choice(["00:00:00", "12:30:45", "23:59:59", "01:02:03", "10:00:00"])


def moment_text(rng):
    return f"{date_text(rng)} {time_text(rng)}" + rng.choice(["", "", ".5", ".123456"])


def clock_text(rng):
    return rng.choice(["", "", "-"]) + rng.choice([time_text(rng), "100:10:10", "300:00:01"]) + rng.choice(["", "", ".25"])


def literal(rng, kind, typed=False):
    """A literal of the kind, as SQL; a time is one of its type, or where it is not `typed` perhaps a text."""
    if kind in ("dt", "date", "time"):
        text, word = {"dt": (moment_text, "timestamp"), "date": (date_text, "date"), "time": (clock_text, "time")}[kind]
        drawn = text(rng)
        return (f"{word} " if typed or "." in drawn or rng.random() < 0.5 else "") + quoted(drawn)
    make = {"int": int_literal, "dec": decimal_literal, "real": real_literal, "str": text_literal,
            "json": lambda r: quoted(r.choice(JSONS)), "bool": lambda r: r.choice(["0", "1", "1", "0", "true", "false"])}
    return make[kind](rng)


def _number_value(rng, column_type):
    family = column_type.family
    if family in ("int", "bit"):
        close = rng.random() < 0.9
        wanted = rng.randint(0 if column_type.low == 0 else -5, 12) if close else \
            rng.choice([column_type.low, column_type.high, 100, 7])
        return str(max(column_type.low, min(column_type.high, wanted)))
    if family == "year":
        return rng.choice(["2020", "1999", "2000", "'2024'", "1970"])
    if family == "decimal":
        whole = min(10 ** column_type.length - 1, rng.randint(0, 15))
        text = str(whole) + (f".{rng.randint(0, 10 ** min(column_type.scale, 3) - 1)}" if column_type.scale else "")
        return ("-" if column_type.low < 0 and rng.random() < 0.3 else "") + text
    sign = "-" if "unsigned" not in column_type.sql and rng.random() < 0.3 else ""
    if family == "float" and rng.random() < 0.3:
        return sign + rng.choice(["0.1", "1.1", "3.14159", "123456", "1e10", "1.5e-5"])
    return sign + str(rng.randint(0, 100) / 8)


def fitting(rng, column_type):
    """A value that the column takes unchanged, as SQL; never NULL."""
    family = column_type.family
    if family in ("int", "bit", "year", "decimal", "real", "float"):
        return _number_value(rng, column_type)
    if family == "enum":
        return quoted(rng.choice(ENUM_MEMBERS))
    if family == "set":
        return quoted(",".join(m for m in SET_MEMBERS if rng.random() < 0.4))
    if family == "json":
        return quoted(rng.choice(JSONS))
    if family == "date":
        return quoted(date_text(rng))
    if family in ("datetime", "timestamp"):
        return quoted(moment_text(rng))
    if family == "time":
        return quoted(clock_text(rng))
    fit = [w for w in WORDS if len(w) <= column_type.length]
    if column_type.binary:
        fit = [w for w in fit if len(w.encode()) <= column_type.length]
    return quoted(rng.choice(fit))
