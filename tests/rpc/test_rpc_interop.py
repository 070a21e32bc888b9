"""tbl_rpc against programs that others wrote: Python's grpcio in both directions, and curl."""
import concurrent.futures
import os
import subprocess
import threading

import grpc
import pytest

PROGRAMS = os.path.join(os.environ["TBL_BIN"], "..", "tests", "bin")
UNLIMITED = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
COMPRESSIONS = [grpc.Compression.NoCompression, grpc.Compression.Gzip]


@pytest.fixture(scope="module")
def server():
    """Address of a running rpc_interop_server."""
    process = subprocess.Popen([os.path.join(PROGRAMS, "rpc_interop_server")],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    word, port = process.stdout.readline().split()
    assert word == "port"
    yield f"127.0.0.1:{port}"
    process.stdin.close()
    assert process.wait(30) == 0


@pytest.fixture
def channel(server):
    with grpc.insecure_channel(server, options=UNLIMITED) as channel:
        yield channel


def client(*arguments):
    done = subprocess.run([os.path.join(PROGRAMS, "rpc_interop_client"), *map(str, arguments)],
                          stdout=subprocess.PIPE, text=True, timeout=120, check=True)
    return done.stdout.strip("\n")


def curl(*arguments):
    done = subprocess.run(["curl", "-sS", "--max-time", "30", *arguments], stdout=subprocess.PIPE, check=True)
    return done.stdout.decode()


# Python's client, our server.

@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("method", ["Echo", "Pool"])
def test_unary(channel, method, compression):
    call = channel.unary_unary(f"/interop.Test/{method}")
    for size in (0, 1, 16383, 16384, 100000, 6 << 20):
        message = os.urandom(size // 2) + b"x" * (size - size // 2)
        assert call(message, timeout=60, compression=compression) == message


@pytest.mark.parametrize("text", ["plain", "50% of ümlauts\n\t\"quoted\"", ""])
def test_error_text(channel, text):
    with pytest.raises(grpc.RpcError) as error:
        channel.unary_unary("/interop.Test/Fail")(text.encode(), timeout=30)
    assert error.value.code() == grpc.StatusCode.FAILED_PRECONDITION
    assert error.value.details() == text


def test_unknown_method_and_service(channel):
    for path, text in (("/interop.Test/No", "unknown method No for service interop.Test"),
                       ("/other.Test/No", "unknown service other.Test")):
        with pytest.raises(grpc.RpcError) as error:
            channel.unary_unary(path)(b"", timeout=30)
        assert error.value.code() == grpc.StatusCode.UNIMPLEMENTED
        assert error.value.details() == text


def test_metadata(channel):
    answer = channel.unary_unary("/interop.Test/Metadata")(b"", metadata=[("x-one", "1"), ("x-two", "zwei")])
    lines = answer.decode().splitlines()
    assert "x-one=1" in lines and "x-two=zwei" in lines
    assert not [line for line in lines if line.startswith((":", "te=", "content-type=", "grpc-"))]


def test_deadline(channel):
    with pytest.raises(grpc.RpcError) as error:
        channel.unary_unary("/interop.Test/Silent")(b"", timeout=0.05)
    assert error.value.code() == grpc.StatusCode.DEADLINE_EXCEEDED


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_all_kinds_of_streams(channel, compression):
    answers = channel.unary_stream("/interop.Test/Count")(b"5000", timeout=60, compression=compression)
    assert [int(answer) for answer in answers] == list(range(5000))
    requests = (b"x" * n for n in range(1000))
    assert int(channel.stream_unary("/interop.Test/Sum")(requests, timeout=60, compression=compression)) == 499500
    messages = [os.urandom(n * 37 % 50000) for n in range(500)]
    call = channel.stream_stream("/interop.Test/Stream")(iter(messages), timeout=60, compression=compression)
    assert ("x-kind", "echo") in call.initial_metadata()
    assert list(call) == messages


def test_cancelled_streams_leave_the_connection_alone(channel):
    for _ in range(300):
        call = channel.stream_stream("/interop.Test/Silent")(iter([b"x"]))
        call.cancel()
    assert channel.unary_unary("/interop.Test/Echo")(b"still here", timeout=30) == b"still here"


def test_many_clients_at_once(server):
    def work(seed):
        with grpc.insecure_channel(server, options=[("grpc.use_local_subchannel_pool", 1)]) as own:
            call = own.unary_unary("/interop.Test/Pool")
            return all(call(b"%d/%d" % (seed, i), timeout=60) == b"%d/%d" % (seed, i) for i in range(100))

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(16)))


def test_frequent_pings_are_tolerated(server):
    options = [("grpc.keepalive_time_ms", 100), ("grpc.keepalive_timeout_ms", 5000),
               ("grpc.http2.max_pings_without_data", 0), ("grpc.keepalive_permit_without_calls", 1),
               ("grpc.use_local_subchannel_pool", 1)]
    with grpc.insecure_channel(server, options=options) as own:
        call = own.stream_stream("/interop.Test/Silent")(iter([]))
        with pytest.raises(grpc.FutureTimeoutError):
            done = threading.Event()
            call.add_callback(done.set)
            if not done.wait(2):
                raise grpc.FutureTimeoutError()
        call.cancel()


# Our client, Python's server.

class Echo(grpc.GenericRpcHandler):
    def service(self, details):
        def fail(request, context):
            context.abort(grpc.StatusCode.DATA_LOSS, "50% ümlaut")

        def whoami(request, context):
            return dict(context.invocation_metadata())["x-from"].encode()

        def unary(request, context):
            return request

        def stream(requests, context):
            yield from requests

        def silent(request, context):
            context.add_callback(silenced.set)
            silenced.wait(30)
            return b""

        silenced = threading.Event()
        handlers = {
            "/python.Test/Fail": grpc.unary_unary_rpc_method_handler(fail),
            "/python.Test/Whoami": grpc.unary_unary_rpc_method_handler(whoami),
            "/python.Test/Echo": grpc.unary_unary_rpc_method_handler(unary),
            "/python.Test/Silent": grpc.unary_unary_rpc_method_handler(silent),
            "/python.Test/Stream": grpc.stream_stream_rpc_method_handler(stream),
        }
        return handlers.get(details.method)


@pytest.fixture(scope="module", params=COMPRESSIONS)
def python_server(request):
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(4), handlers=[Echo()], options=UNLIMITED,
                         compression=request.param)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"127.0.0.1:{port}"
    server.stop(None)


@pytest.mark.parametrize("more", [[], ["gzip"]])
def test_our_client(python_server, more):
    for size in (0, 1, 100000, 6 << 20):
        assert client(python_server, "unary", "/python.Test/Echo", size, *more) == f"ok {size}"
    assert client(python_server, "unary", "/python.Test/Whoami", 0, *more) == "ok 3"
    assert client(python_server, "stream", "/python.Test/Stream", 2000, 5000, *more) == "ok 10000000"
    assert client(python_server, "unary", "/python.Test/Fail", 0, *more) == "15 50% ümlaut"
    assert client(python_server, "unary", "/python.Test/None", 0, *more).startswith("12 ")
    assert client(python_server, "unary", "/python.Test/Silent", 0, *more, 100).startswith("4 ")


def test_our_client_without_a_server():
    assert client("127.0.0.1:1", "unary", "/a.B/C", 0) == "14 connect 127.0.0.1:1: Connection refused"


# curl, our server.

@pytest.mark.parametrize("version", ["--http1.0", "--http1.1", "--http2-prior-knowledge"])
def test_curl(server, version):
    base = f"http://{server}"
    with_type = ["-w", "|%{http_code}|%{content_type}", version]
    assert curl(*with_type, f"{base}/status") == '{"ok":true}\n|200|application/json'
    assert curl(*with_type, f"{base}/nothing").startswith("404 page not found\n|404|")
    assert curl(*with_type, "-X", "POST", f"{base}/status").startswith("|405|")
    assert curl(version, "-X", "PUT", f"{base}/state/a%20b/pause?q=1%202") == "a b pause 1 2"
    body = "0123456789" * 300000
    answer = subprocess.run(["curl", "-sS", version, "--data-binary", "@-", f"{base}/echo"],
                            input=body.encode(), stdout=subprocess.PIPE, check=True, timeout=60)
    assert answer.stdout.decode() == body
    if version != "--http2-prior-knowledge":  # curl 7.88 cannot reuse such a connection
        assert curl(version, *[f"{base}/status"] * 20) == '{"ok":true}\n' * 20


def test_curl_uploads_that_are_refused(server):
    chunked = curl("--http1.1", "-w", "|%{http_code}", "-H", "Transfer-Encoding: chunked", "-d", "x",
                   f"http://{server}/echo")
    assert chunked.endswith("|411")
