"""PD and TiKV through grpcio: what the tests and the player need of them."""
import threading

import grpc

from . import stubs


class Pd:
    """Cluster id, timestamps and regions."""

    def __init__(self, address):
        self.address = address
        self.caller = stubs.Caller(address)
        self.messages = stubs.load("pdpb")
        self.cluster_id = self._cluster_id()

    def _cluster_id(self):
        answer = self.caller.unary("/pdpb.PD/GetMembers", self.messages.GetMembersRequest(),
                                   self.messages.GetMembersResponse)
        return answer.header.cluster_id

    def header(self):
        return self.messages.RequestHeader(cluster_id=self.cluster_id)

    def tso(self):
        done = threading.Event()

        def requests():
            yield self.messages.TsoRequest(header=self.header(), count=1)
            done.wait(10)
        stream = self.caller.channel.stream_stream(
            "/pdpb.PD/Tso", request_serializer=lambda m: m.SerializeToString(),
            response_deserializer=self.messages.TsoResponse.FromString)(requests(), timeout=10)
        stamp = next(stream).timestamp
        done.set()
        return stamp.physical << 18 | stamp.logical

    def close(self):
        self.caller.close()


class Tikv:
    """A one-region store, spoken to directly."""

    def __init__(self, address, pd):
        self.caller = stubs.Caller(address)
        self.pd = pd
        self.messages = stubs.load("kvrpcpb")
        self.context = self._context()

    def _context(self):
        pdpb = self.pd.messages
        answer = self.pd.caller.unary("/pdpb.PD/GetRegion", pdpb.GetRegionRequest(header=self.pd.header()),
                                      pdpb.GetRegionResponse)
        peer = answer.leader if answer.HasField("leader") else answer.region.peers[0]
        return self.messages.Context(region_id=answer.region.id, region_epoch=answer.region.region_epoch,
                                     peer=peer)

    def call(self, method, request, response_type):
        answer = self.caller.unary(f"/tikvpb.Tikv/{method}", request, response_type, timeout=30)
        if answer.HasField("region_error"):
            raise RuntimeError(f"{method}: {answer.region_error}")
        return answer

    def serves(self):
        """The store answers a read."""
        m = self.messages
        try:
            self.call("KvGet", m.GetRequest(context=self.context, key=b"any", version=1), m.GetResponse)
            return True
        except (RuntimeError, grpc.RpcError):
            return False

    def prewrite(self, mutations, start_ts, ttl=3000):
        m = self.messages
        request = m.PrewriteRequest(
            context=self.context, primary_lock=mutations[0][0], start_version=start_ts, lock_ttl=ttl,
            mutations=[m.Mutation(op=m.Put, key=k, value=v) for k, v in mutations])
        answer = self.call("KvPrewrite", request, m.PrewriteResponse)
        if answer.errors:
            raise RuntimeError(f"prewrite: {answer.errors}")

    def commit(self, keys, start_ts, commit_ts):
        m = self.messages
        answer = self.call("KvCommit", m.CommitRequest(
            context=self.context, start_version=start_ts, keys=keys, commit_version=commit_ts),
            m.CommitResponse)
        if answer.HasField("error"):
            raise RuntimeError(f"commit: {answer.error}")

    def rollback(self, keys, start_ts):
        m = self.messages
        answer = self.call("KvBatchRollback", m.BatchRollbackRequest(
            context=self.context, start_version=start_ts, keys=keys), m.BatchRollbackResponse)
        if answer.HasField("error"):
            raise RuntimeError(f"rollback: {answer.error}")

    def write(self, pairs):
        """One transaction that puts all pairs."""
        start_ts = self.pd.tso()
        self.prewrite(pairs, start_ts)
        self.commit([k for k, _ in pairs], start_ts, self.pd.tso())

    def close(self):
        self.caller.close()
