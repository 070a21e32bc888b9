"""Prepared statements of the binary protocol, through libmariadb on a connection that is open."""
import ctypes
import re

TYPES = {int: 8, float: 5, str: 254, "decimal": 246, type(None): 6}  # LONGLONG DOUBLE STRING NEWDECIMAL NULL
LONGEST = 200000
NO_DATA = 100


class Bind(ctypes.Structure):
    """MYSQL_BIND of libmariadb."""
    _fields_ = [("length", ctypes.POINTER(ctypes.c_ulong)), ("is_null", ctypes.POINTER(ctypes.c_char)),
                ("buffer", ctypes.c_void_p), ("error", ctypes.c_void_p), ("row", ctypes.c_void_p),
                ("store", ctypes.c_void_p), ("fetch", ctypes.c_void_p), ("skip", ctypes.c_void_p),
                ("buffer_length", ctypes.c_ulong), ("offset", ctypes.c_ulong), ("length_value", ctypes.c_ulong),
                ("flags", ctypes.c_uint), ("pack_length", ctypes.c_uint), ("buffer_type", ctypes.c_uint),
                ("error_value", ctypes.c_char), ("is_unsigned", ctypes.c_char), ("long_data", ctypes.c_char),
                ("is_null_value", ctypes.c_char), ("extension", ctypes.c_void_p)]


def parameter(literal):
    """(type, value) of a literal as values.literal() writes them."""
    if literal == "null":
        return type(None), None
    text = re.fullmatch(r"(?:\w+ )?'(.*)'", literal, re.S)
    if text:
        return str, text.group(1).replace("''", "'").replace("\\\\", "\\")
    if "e" in literal:
        return float, float(literal)
    return ("decimal", literal) if "." in literal else (int, int(literal))


class Statement:
    """One prepared statement of a sqlcases.record.Connection; close() it."""

    def __init__(self, connection):
        self.lib = connection.lib
        for name, result in (("mysql_stmt_init", ctypes.c_void_p), ("mysql_stmt_error", ctypes.c_char_p),
                             ("mysql_stmt_affected_rows", ctypes.c_ulonglong)):
            getattr(self.lib, name).restype = result
        self.handle = ctypes.c_void_p(self.lib.mysql_stmt_init(connection.handle))

    def prepare(self, sql):
        """None, or the error as an outcome."""
        data = sql.encode()
        return self._error() if self.lib.mysql_stmt_prepare(self.handle, data, ctypes.c_ulong(len(data))) else None

    def execute(self, literals):
        """The outcome, as Connection.run has them."""
        kept = [self._bound(*parameter(literal)) for literal in literals]
        binds = (Bind * max(len(kept), 1))(*[bind for bind, _ in kept])
        if literals and self.lib.mysql_stmt_bind_param(self.handle, binds) or self.lib.mysql_stmt_execute(self.handle):
            return self._error()
        width = self.lib.mysql_stmt_field_count(self.handle)
        return self._rows(width) if width else ("ok", self.lib.mysql_stmt_affected_rows(self.handle))

    def close(self):
        self.lib.mysql_stmt_close(self.handle)

    @staticmethod
    def _bound(kind, value):
        """(MYSQL_BIND, what it points into)."""
        bind = Bind(buffer_type=TYPES[kind])
        if kind is int:
            buffer = ctypes.c_longlong(value)
        elif kind is float:
            buffer = ctypes.c_double(value)
        else:
            buffer = ctypes.create_string_buffer((value or "").encode())
            bind.buffer_length = len(buffer) - 1
        bind.buffer = ctypes.cast(ctypes.pointer(buffer), ctypes.c_void_p)
        return bind, buffer

    def _rows(self, width):
        buffers = [ctypes.create_string_buffer(LONGEST) for _ in range(width)]
        lengths, nulls = (ctypes.c_ulong * width)(), ctypes.create_string_buffer(width)
        binds = (Bind * width)()
        for i, bind in enumerate(binds):
            bind.buffer_type, bind.buffer_length = TYPES[str], LONGEST
            bind.buffer = ctypes.cast(buffers[i], ctypes.c_void_p)
            bind.length = ctypes.cast(ctypes.byref(lengths, i * ctypes.sizeof(ctypes.c_ulong)), ctypes.POINTER(ctypes.c_ulong))
            bind.is_null = ctypes.cast(ctypes.byref(nulls, i), ctypes.POINTER(ctypes.c_char))
        if self.lib.mysql_stmt_bind_result(self.handle, binds) or self.lib.mysql_stmt_store_result(self.handle):
            return self._error()
        rows = []
        while True:
            state = self.lib.mysql_stmt_fetch(self.handle)
            if state == NO_DATA:
                break
            if state == 1:
                return self._error()
            rows.append([None if nulls[i] != b"\0" else buffers[i].raw[:lengths[i]] for i in range(width)])
        self.lib.mysql_stmt_free_result(self.handle)
        return ("rows", rows)

    def _error(self):
        return ("error", self.lib.mysql_stmt_errno(self.handle),
                self.lib.mysql_stmt_error(self.handle).decode("utf-8", "replace"))
