"""Python classes of proto/, generated on first use, and a thin gRPC caller on top of grpcio."""
import glob
import importlib
import os
import subprocess
import sys

import grpc

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
GENERATED = os.path.join(ROOT, "build", "python")


def _generate():
    protos = sorted(glob.glob(os.path.join(ROOT, "proto", "*.proto")))
    stamp = os.path.join(GENERATED, "stamp")
    newest = max(os.path.getmtime(p) for p in protos)
    if os.path.exists(stamp) and os.path.getmtime(stamp) >= newest:
        return
    os.makedirs(GENERATED, exist_ok=True)
    subprocess.run(["protoc", f"-I{ROOT}", f"--python_out={GENERATED}"] + protos, check=True)
    with open(stamp, "w", encoding="utf-8"):
        pass


def load(name):
    """The module of proto/<name>.proto."""
    _generate()
    if GENERATED not in sys.path:
        sys.path.insert(0, GENERATED)
    return importlib.import_module(f"proto.{name}_pb2")


class Caller:
    """Calls methods by path on one server."""

    # min_reconnect_backoff_ms is the time that a connection has to come up: it must do on a busy machine.
    OPTIONS = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1),
               ("grpc.initial_reconnect_backoff_ms", 100), ("grpc.max_reconnect_backoff_ms", 500),
               ("grpc.min_reconnect_backoff_ms", 5000), ("grpc.use_local_subchannel_pool", 1)]

    def __init__(self, address, compression=None):
        self.channel = grpc.insecure_channel(address, options=self.OPTIONS, compression=compression)
        self.methods = {}

    def unary(self, path, request, response_type, timeout=10):
        return self.unary_method(path, response_type)(request, timeout=timeout)

    def unary_future(self, path, request, response_type, timeout=30):
        # Waiting keeps grpcio polling: calls that fail at once would leave a new connection's handshake
        # unattended for seconds.
        return self.unary_method(path, response_type).future(request, timeout=timeout, wait_for_ready=True)

    def unary_method(self, path, response_type):
        if path not in self.methods:
            self.methods[path] = self.channel.unary_unary(
                path, request_serializer=lambda m: m.SerializeToString(),
                response_deserializer=response_type.FromString)
        return self.methods[path]

    def server_stream(self, path, request, response_type, timeout=None):
        return self.channel.unary_stream(
            path, request_serializer=lambda m: m.SerializeToString(),
            response_deserializer=response_type.FromString)(request, timeout=timeout)

    def close(self):
        self.channel.close()
