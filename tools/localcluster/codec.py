"""The few key encodings that the tests write themselves."""
import struct


def encode_bytes(data):
    """Memcomparable bytes: groups of 8 and a marker."""
    out = b""
    for i in range(0, len(data) + 1, 8):
        group = data[i:i + 8]
        pad = 8 - len(group)
        out += group + b"\0" * pad + bytes([0xFF - pad])
    return out


def hash_field_key(name, field):
    """Meta key of a field of a hash."""
    return b"m" + encode_bytes(name) + struct.pack(">Q", ord("h")) + encode_bytes(field)


def history_key(job_id):
    return hash_field_key(b"DDLJobHistory", struct.pack(">q", job_id))


def record_key(table_id, handle):
    def comparable(value):
        return struct.pack(">Q", (value + (1 << 63)) % (1 << 64))
    return b"t" + comparable(table_id) + b"_r" + comparable(handle)


def uvarint(value):
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def varint(value):
    return uvarint(value << 1 if value >= 0 else (-value - 1) << 1 | 1)
