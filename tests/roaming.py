"""A store's client in Python that goes where its keys are: over many stores and regions that move."""
import time

import grpc

from localcluster import stubs
from localcluster.codec import encode_bytes


class RoamingTikv:
    """Each call asks PD anew, and is repeated while a store refuses or does not answer."""

    def __init__(self, pd, give_up=30):
        self.pd = pd
        self.give_up = give_up
        self.messages = stubs.load("kvrpcpb")
        self.callers = {}
        self.refusals = set()

    def region(self, key):
        """PD's answer for a key: region and leader."""
        m = self.pd.messages
        return self.pd.caller.unary("/pdpb.PD/GetRegion", m.GetRegionRequest(
            header=self.pd.header(), region_key=encode_bytes(key)), m.GetRegionResponse)

    def caller(self, store_id):
        if store_id not in self.callers:
            m = self.pd.messages
            store = self.pd.caller.unary("/pdpb.PD/GetStore", m.GetStoreRequest(
                header=self.pd.header(), store_id=store_id), m.GetStoreResponse).store
            self.callers[store_id] = stubs.Caller(store.address)
        return self.callers[store_id]

    def call(self, method, key, request, response_type):
        deadline = time.monotonic() + self.give_up
        while True:
            answer = self._try(method, key, request, response_type)
            if answer is not None:
                return answer
            assert time.monotonic() < deadline, f"{method}: no store serves {key!r}: {self.refusals}"
            time.sleep(0.02)

    def _try(self, method, key, request, response_type):
        try:
            where = self.region(key)
            if not where.HasField("region") or not where.leader.id:
                return None
            request.context.region_id = where.region.id
            request.context.region_epoch.CopyFrom(where.region.region_epoch)
            request.context.peer.CopyFrom(where.leader)
            answer = self.caller(where.leader.store_id).unary(f"/tikvpb.Tikv/{method}", request, response_type,
                                                              timeout=10)
        except grpc.RpcError:
            return None
        if not answer.HasField("region_error"):
            return answer
        self.refusals.update(field.name for field, _ in answer.region_error.ListFields())
        return None

    def prewrite(self, key, value, primary, start_ts, ttl=3000):
        m = self.messages
        answer = self.call("KvPrewrite", key, m.PrewriteRequest(
            primary_lock=primary, start_version=start_ts, lock_ttl=ttl,
            mutations=[m.Mutation(op=m.Put, key=key, value=value)]), m.PrewriteResponse)
        assert not answer.errors, answer

    def commit(self, key, start_ts, commit_ts):
        m = self.messages
        answer = self.call("KvCommit", key, m.CommitRequest(
            start_version=start_ts, keys=[key], commit_version=commit_ts), m.CommitResponse)
        assert not answer.HasField("error"), answer

    def get(self, key, ts):
        m = self.messages
        return self.call("KvGet", key, m.GetRequest(key=key, version=ts), m.GetResponse)

    def split(self, key):
        """Cuts the region of `key` there."""
        m = self.messages
        return self.call("SplitRegion", key, m.SplitRegionRequest(split_keys=[key]), m.SplitRegionResponse)
