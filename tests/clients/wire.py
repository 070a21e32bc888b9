"""MySQL's protocol packet by packet, with the capabilities that go-sql-driver/mysql sends."""
import hashlib
import socket
import ssl
import struct

LONG_PASSWORD, FOUND_ROWS, LONG_FLAG, CONNECT_WITH_DB, LOCAL_FILES = 1, 2, 4, 8, 0x80
PROTOCOL_41, SSL, TRANSACTIONS, SECURE_CONNECTION = 0x200, 0x800, 0x2000, 0x8000
MULTI_STATEMENTS, MULTI_RESULTS, PLUGIN_AUTH, PLUGIN_AUTH_LENENC = 0x10000, 0x20000, 0x80000, 0x200000
GO_DRIVER = (PROTOCOL_41 | SECURE_CONNECTION | LONG_PASSWORD | TRANSACTIONS | LOCAL_FILES | PLUGIN_AUTH | MULTI_RESULTS
             | LONG_FLAG)

(QUIT, INIT_DB, QUERY, FIELD_LIST, STATISTICS, PING, CHANGE_USER, PREPARE, EXECUTE, LONG_DATA, CLOSE, RESET_STATEMENT,
 SET_OPTION, FETCH, RESET_CONNECTION) = (1, 2, 3, 4, 9, 14, 17, 22, 23, 24, 25, 26, 27, 28, 31)
MORE_RESULTS, CURSOR_EXISTS, LAST_ROW_SENT = 8, 0x40, 0x80
NATIVE = "mysql_native_password"


class ServerError(Exception):
    """An ERR packet: number, SQL state, text."""


def native_answer(password, salt):
    if not password:
        return b""
    one = hashlib.sha1(password.encode()).digest()
    mixed = hashlib.sha1(salt + hashlib.sha1(one).digest()).digest()
    return bytes(a ^ b for a, b in zip(one, mixed))


def lenenc(data):
    assert len(data) < 1 << 16
    return (bytes([len(data)]) if len(data) < 251 else b"\xfc" + struct.pack("<H", len(data))) + data


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, n):
        part = self.data[self.at:self.at + n]
        assert len(part) == n, "the packet ends too early"
        self.at += n
        return part

    def number(self, n):
        return int.from_bytes(self.take(n), "little")

    def lenenc(self):
        first = self.number(1)
        if first == 251:
            return None
        return first if first < 251 else self.number({252: 2, 253: 3, 254: 8}[first])

    def text(self):
        size = self.lenenc()
        return None if size is None else self.take(size)

    def nul(self):
        end = self.data.index(b"\0", self.at)
        part = self.data[self.at:end]
        self.at = end + 1
        return part

    def rest(self):
        return self.take(len(self.data) - self.at)


class Wire:
    def __init__(self, port, user="root", password="", database=None, tls=None, capabilities=GO_DRIVER):
        """`tls`: None, or True: the hello is sent together with the request, as Go's TLS does it."""
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.sequence = 0
        self.greeting(self.read())
        self.capabilities = capabilities | (CONNECT_WITH_DB if database else 0) | (SSL if tls else 0)
        head = struct.pack("<IIB23x", self.capabilities, 0, 45)
        if tls:
            self.start_tls(head)
        answer = native_answer(password, self.salt)
        self.write(head + user.encode() + b"\0" + bytes([len(answer)]) + answer +
                   (database.encode() + b"\0" if database else b"") + NATIVE.encode() + b"\0")
        self.finish_login(password)

    def greeting(self, packet):
        r = Reader(packet)
        assert r.number(1) == 10
        self.version = r.nul().decode()
        self.id = r.number(4)
        self.salt = r.take(8)
        r.take(1)
        self.offered = r.number(2)
        self.collation = r.number(1)
        r.number(2)
        self.offered |= r.number(2) << 16
        size = r.number(1)
        r.take(10)
        self.salt += r.take(max(13, size - 8))[:12]

    def start_tls(self, head):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        session = context.wrap_bio(incoming, outgoing)
        try:
            session.do_handshake()
        except ssl.SSLWantReadError:
            pass
        request = struct.pack("<I", len(head))[:3] + bytes([self.sequence]) + head
        self.sequence += 1
        # One segment: the server must not take the hello for a packet.
        self.socket.sendall(request + outgoing.read())
        self.tls = (session, incoming, outgoing)
        while True:
            try:
                session.do_handshake()
                break
            except ssl.SSLWantReadError:
                self.socket.sendall(outgoing.read())
                incoming.write(self.socket.recv(65536))
        self.socket.sendall(outgoing.read())

    tls = None

    def recv(self, n):
        if self.tls is None:
            return self.socket.recv(n)
        session, incoming, _ = self.tls
        while True:
            try:
                return session.read(n)
            except ssl.SSLWantReadError:
                more = self.socket.recv(65536)
                if not more:
                    return b""
                incoming.write(more)

    def send(self, data):
        if self.tls is None:
            self.socket.sendall(data)
        else:
            self.tls[0].write(data)
            self.socket.sendall(self.tls[2].read())

    def take(self, n):
        data = b""
        while len(data) < n:
            part = self.recv(n - len(data))
            if not part:
                raise ConnectionError("the server closed the connection")
            data += part
        return data

    def read(self):
        payload = b""
        while True:
            head = self.take(4)
            size = int.from_bytes(head[:3], "little")
            assert head[3] == self.sequence, (head[3], self.sequence)
            self.sequence = (self.sequence + 1) & 255
            payload += self.take(size)
            if size < 0xffffff:
                return payload

    def write(self, payload):
        assert len(payload) < 0xffffff
        self.send(struct.pack("<I", len(payload))[:3] + bytes([self.sequence]) + payload)
        self.sequence = (self.sequence + 1) & 255

    def finish_login(self, password):
        packet = self.read()
        if packet[:1] == b"\xfe":
            r = Reader(packet[1:])
            assert r.nul().decode() == NATIVE
            self.salt = r.rest()[:20]
            self.write(native_answer(password, self.salt))
            packet = self.read()
        return self.ok(packet)

    def send_command(self, code, payload=b""):
        self.sequence = 0
        self.write(bytes([code]) + payload)

    def command(self, code, payload=b""):
        self.send_command(code, payload)
        return self.ok(self.read())

    @staticmethod
    def check(packet):
        if packet[:1] == b"\xff":
            r = Reader(packet[1:])
            number = r.number(2)
            raise ServerError(number, r.take(6)[1:].decode(), r.rest().decode("utf-8", "replace"))
        return packet

    def ok(self, packet):
        """(affected rows, insert id, status) of an OK; an EOF has its status only."""
        r = Reader(self.check(packet)[1:])
        if packet[0] == 0xfe:
            r.number(2)
            return 0, 0, r.number(2)
        assert packet[0] == 0, packet
        return r.lenenc(), r.lenenc(), r.number(2)

    def columns(self, count):
        """(name, type, character set, flags, decimals) of each, and the EOF."""
        found = []
        for _ in range(count):
            r = Reader(self.read())
            strings = [r.text() for _ in range(6)]
            assert r.lenenc() == 12
            charset = r.number(2)
            r.number(4)
            found.append((strings[4].decode(), r.number(1), charset, r.number(2), r.number(1)))
        if count:
            self.ok(self.read())
        return found

    def rows(self):
        """Packets of rows, and the status at their end."""
        found = []
        while True:
            packet = self.check(self.read())
            if packet[0] == 0xfe and len(packet) < 9:
                return found, self.ok(packet)[2]
            found.append(packet)

    def results(self, text=None, file=None):
        """What each statement of a text gives: (affected, insert id) or a list of rows. `file` answers LOAD DATA LOCAL."""
        if text is not None:
            self.send_command(QUERY, text.encode())
        found = []
        while True:
            packet = self.check(self.read())
            if packet[0] == 0xfb:
                for part in file:
                    self.write(part)
                self.write(b"")
                packet = self.read()
            if packet[0] == 0:
                affected, insert_id, status = self.ok(packet)
                found.append((affected, insert_id))
            else:
                columns = self.columns(Reader(packet).lenenc())
                packets, status = self.rows()
                found.append([self.text_row(p, len(columns)) for p in packets])
            if not status & MORE_RESULTS:
                return found

    @staticmethod
    def text_row(packet, count):
        r = Reader(packet)
        return tuple(r.text() for _ in range(count))

    # prepared statements --------------------------------------------------------------------------

    def prepare(self, text):
        """(id, number of parameters, columns)."""
        self.send_command(PREPARE, text.encode())
        r = Reader(self.check(self.read()))
        assert r.number(1) == 0
        statement, columns, parameters = r.number(4), r.number(2), r.number(2)
        self.columns(parameters)
        return statement, parameters, self.columns(columns)

    @staticmethod
    def execute_payload(statement, values, cursor=0, types_again=True):
        payload = struct.pack("<IBI", statement, cursor, 1)
        if not values:
            return payload
        bits = bytearray((len(values) + 7) // 8)
        types, data = b"", b""
        for i, value in enumerate(values):
            if value is None:
                bits[i // 8] |= 1 << i % 8
                types += b"\x06\0"
            elif isinstance(value, int):
                types += b"\x08\0" if value < 1 << 63 else b"\x08\x80"
                data += struct.pack("<q" if value < 1 << 63 else "<Q", value)
            elif isinstance(value, float):
                types += b"\x05\0"
                data += struct.pack("<d", value)
            elif value is LONG:
                types += b"\xfb\0"
            else:
                types += b"\xfe\0"
                data += lenenc(value)
        return payload + bytes(bits) + (b"\x01" + types if types_again else b"\0") + data

    def execute(self, statement, values=(), **options):
        """(affected, insert id), or the rows."""
        self.send_command(EXECUTE, self.execute_payload(statement, values, **options))
        packet = self.check(self.read())
        if packet[0] == 0:
            return self.ok(packet)[:2]
        columns = self.columns(Reader(packet).lenenc())
        packets, _ = self.rows()
        return [self.binary_row(p, columns) for p in packets]

    @staticmethod
    def binary_row(packet, columns):
        r = Reader(packet)
        assert r.number(1) == 0
        bits = r.take((len(columns) + 9) // 8)
        row = []
        for i, (_, kind, _, flags, _) in enumerate(columns):
            if bits[(i + 2) // 8] >> (i + 2) % 8 & 1:
                row.append(None)
            elif kind in SIZES:
                row.append(int.from_bytes(r.take(SIZES[kind]), "little", signed=not flags & 32))
            elif kind == 4:
                row.append(struct.unpack("<f", r.take(4))[0])
            elif kind == 5:
                row.append(struct.unpack("<d", r.take(8))[0])
            elif kind in (7, 10, 11, 12):
                row.append(r.take(r.number(1)))
            else:
                row.append(r.text())
        return tuple(row)


LONG = object()  # a parameter whose value came by COM_STMT_SEND_LONG_DATA
SIZES = {1: 1, 2: 2, 13: 2, 3: 4, 9: 4, 8: 8}
