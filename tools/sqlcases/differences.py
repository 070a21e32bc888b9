"""Where TiDB answers otherwise than MariaDB, with the reason."""

COLUMNS = {}
FUNCTIONS = {}


def of_column(type_text, value, mode, code, text):
    """[TiDB's code, TiDB's text, reason], or nothing."""
    found = COLUMNS.get((type_text, value, mode)) or COLUMNS.get((type_text, value, None))
    return list(found) if found else []


def of_function(name, arguments, text):
    """[TiDB's result, reason], or nothing."""
    found = FUNCTIONS.get((name, *arguments))
    return list(found) if found else []
