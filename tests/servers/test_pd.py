"""pd-server as a process: what it answers, byte for byte where it was recorded, and what survives."""
import json
import threading
import time
import urllib.error
import urllib.request

import grpc
import pytest

from localcluster import stubs
from localcluster.cluster import DAY_MS, http_get
from localcluster.process import wait_until
from pd_calls import Stream, bootstrap_request, call, etcd_pid, etcdctl, is_running, refusal, tso_request, tso_stream


# discovery and headers ----------------------------------------------------------------------------

def test_members(cluster, pd):
    m = pd.messages
    for header in (None, m.RequestHeader(cluster_id=5)):
        answer = call(pd, "GetMembers", m.GetMembersRequest(header=header))
        assert answer.header.cluster_id == pd.cluster_id and not answer.header.HasField("error")
        assert len(answer.members) == 1
        assert answer.members[0] == answer.leader == answer.etcd_leader
        assert answer.leader.name == "pd"
        assert answer.leader.client_urls == [f"http://{pd.address}"]
        assert answer.leader.peer_urls == [f"http://{cluster.address('pd-peer')}"]
    members = json.loads(etcdctl(pd, "member", "list", "-w", "json"))
    assert members["header"]["member_id"] == answer.leader.member_id
    assert members["members"][0]["clientURLs"] == [f"http://{pd.address}"]
    assert call(pd, "GetClusterInfo", m.GetClusterInfoRequest()).service_modes == [1]
    health = stubs.load("health")
    answer = pd.caller.unary("/grpc.health.v1.Health/Check", health.HealthCheckRequest(),
                             health.HealthCheckResponse)
    assert answer.status == health.HealthCheckResponse.SERVING


def test_wrong_cluster_id(pd):
    m = pd.messages
    for header, got in ((m.RequestHeader(cluster_id=5), 5), (None, 0)):
        code, text = refusal(lambda h=header: call(pd, "AllocID", m.AllocIDRequest(header=h)))
        assert code == grpc.StatusCode.FAILED_PRECONDITION
        assert text == f"mismatch cluster id, need {pd.cluster_id} but got {got}"
    stream = tso_stream(pd)
    code, text = refusal(lambda: stream.ask(m.TsoRequest(count=1)))
    assert code == grpc.StatusCode.FAILED_PRECONDITION
    assert text == f"mismatch cluster id, need {pd.cluster_id} but got 0"
    stream.close()


def test_unknown_methods_are_unimplemented(pd):
    for path in ("/pdpb.PD/SyncRegions", "/keyspacepb.Keyspace/LoadKeyspace",
                 "/resource_manager.ResourceManager/AcquireTokenBuckets", "/tsopb.TSO/Tso"):
        code, _ = refusal(lambda p=path: pd.caller.unary(p, pd.messages.GetMembersRequest(),
                                                         pd.messages.GetMembersResponse))
        assert code == grpc.StatusCode.UNIMPLEMENTED


# timestamps ---------------------------------------------------------------------------------------

def test_tso_batches(pd):
    stream = tso_stream(pd)
    last = 0
    for count in (1, 5, 10, 1, 262143, 1, 1000):
        answer = stream.ask(tso_request(pd, count))
        assert answer.header.cluster_id == pd.cluster_id and answer.count == count
        first = (answer.timestamp.physical << 18 | answer.timestamp.logical) - count + 1
        assert first > last
        last = first + count - 1
        assert abs(answer.timestamp.physical - time.time() * 1000) < 5000
    assert stream.ask(tso_request(pd, 1, dc_location="global")).count == 1
    stream.close()


def test_tso_errors_end_the_stream(pd):
    prefix = "[PD:tso:ErrGenerateTimestamp]generate timestamp failed, "
    cases = [
        (tso_request(pd, 0), prefix + "tso count should be positive"),
        (tso_request(pd, 262144),
         prefix + "generate global tso maximum number of retries exceeded"),
        (tso_request(pd, 1, dc_location="dc-9"),
         "[PD:tso:ErrGetAllocator]get allocator failed, dc-9 allocator not found, "
         "generate timestamp failed"),
    ]
    for request, text in cases:
        stream = tso_stream(pd)
        stream.ask(tso_request(pd))
        assert refusal(lambda s=stream, r=request: s.ask(r)) == (grpc.StatusCode.UNKNOWN, text)
        stream.close()


def test_tso_rises_for_all_streams_together(pd):
    seen = []
    lock = threading.Lock()

    def work():
        stream = tso_stream(pd)
        for _ in range(200):
            with lock:
                stamp = stream.ask(tso_request(pd)).timestamp
                seen.append((stamp.physical, stamp.logical))
        stream.close()
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == sorted(set(seen)) and len(seen) == 800


def test_tso_survives_kills_and_a_clock_set_back(cluster):
    last = 0
    for offset in (0, 0, -DAY_MS, -2 * DAY_MS, 0, DAY_MS, 0):
        cluster.set_clock(offset)
        cluster.start_pd()
        stream = tso_stream(cluster.pd)
        for _ in range(20):
            stamp = stream.ask(tso_request(cluster.pd, 100)).timestamp
            ts = stamp.physical << 18 | stamp.logical
            assert ts - 99 > last
            last = ts
        cluster.pd_process.kill()
        cluster.pd.close()


def test_tso_when_the_clock_is_set_back_under_it(cluster, pd):
    stream = tso_stream(pd)
    before = stream.ask(tso_request(pd)).timestamp
    cluster.set_clock(-DAY_MS)
    wait_until(lambda: stream.ask(tso_request(pd)).timestamp.physical < time.time() * 1000 - 100, 5,
               "time stands still")
    for _ in range(5):
        # Nearly a millisecond's worth each: the counter runs out, and time must go on by itself.
        after = stream.ask(tso_request(pd, 200000)).timestamp
        assert (after.physical, after.logical) > (before.physical, before.logical)
        before = after
    assert before.physical - time.time() * 1000 < 1000
    cluster.set_clock(DAY_MS)
    wait_until(lambda: stream.ask(tso_request(pd)).timestamp.physical > time.time() * 1000 + DAY_MS - 5000,
               5, "timestamps follow the clock ahead")
    stream.close()


def test_tso_bound_is_in_etcd(pd):
    key = f"/pd/{pd.cluster_id}/timestamp"
    raw = etcdctl(pd, "get", key, "--print-value-only")[:-1]
    bound_ns = int.from_bytes(raw, "big")
    assert pd.tso() >> 18 < bound_ns // 1000000 < time.time() * 1000 + 6000
    assert etcdctl(pd, "get", "/pd/cluster_id", "--print-value-only")[:-1] == \
        pd.cluster_id.to_bytes(8, "big")
    assert abs((pd.cluster_id >> 32) - time.time()) < 600


# cluster, stores, regions -------------------------------------------------------------------------

def test_before_bootstrap(pd):
    m = pd.messages
    assert not call(pd, "IsBootstrapped").bootstrapped
    assert pd.tso() > 0
    ids = [call(pd, "AllocID").id for _ in range(3)]
    assert ids == [1, 2, 3]
    assert etcdctl(pd, "get", f"/pd/{pd.cluster_id}/alloc_id", "--print-value-only")[:-1] == \
        (1000).to_bytes(8, "big")
    for method, response in (("GetRegion", None), ("GetStore", None), ("GetAllStores", None),
                             ("GetClusterConfig", None), ("GetGCSafePoint", None),
                             ("ScanRegions", None), ("UpdateServiceGCSafePoint", None),
                             ("GetRegionByID", m.GetRegionResponse), ("PutStore", None)):
        answer = call(pd, method, response=response)
        assert answer.header.error.type == m.NOT_BOOTSTRAPPED
        assert answer.header.error.message == "cluster is not bootstrapped"


def test_bootstrap_is_checked(pd):
    def refused(change):
        request = bootstrap_request(pd)
        change(request)
        code, text = refusal(lambda: call(pd, "Bootstrap", request))
        assert code == grpc.StatusCode.UNKNOWN
        return text

    def peers_of(store_id):
        def change(request):
            request.region.peers[0].store_id = store_id
        return change
    tail = f" for bootstrap {pd.cluster_id}"
    assert refused(lambda r: r.ClearField("store")) == "invalid zero store id"
    assert refused(lambda r: r.region.ClearField("id")) == "invalid zero region id"
    assert refused(lambda r: setattr(r.region, "start_key", b"a")) == \
        "invalid first region key range, must all be empty" + tail
    assert refused(lambda r: r.region.ClearField("peers")) == \
        "invalid first region peer count 0, must be 1" + tail
    assert refused(peers_of(9)) == "invalid peer store id 9 != 1" + tail


def test_bootstrap_and_what_is_known_then(cluster, pd):
    m = pd.messages
    answer = call(pd, "Bootstrap", bootstrap_request(pd))
    assert answer.HasField("replication_status") and not answer.header.HasField("error")
    again = call(pd, "Bootstrap", bootstrap_request(pd))
    assert again.header.error.type == m.ALREADY_BOOTSTRAPPED
    assert again.header.error.message == "cluster is already bootstrapped"
    assert call(pd, "IsBootstrapped").bootstrapped
    assert call(pd, "GetClusterConfig").cluster.max_peer_count == 3

    def check():
        region = call(cluster.pd, "GetRegion")
        assert region.region.id == 2 and region.region.peers[0].id == 3
        assert not region.HasField("leader")
        stores = call(cluster.pd, "GetAllStores").stores
        assert [s.address for s in stores] == ["127.0.0.1:20160"]
    check()
    keys = etcdctl(pd, "get", "--prefix", f"/pd/{pd.cluster_id}/raft", "--keys-only").split()
    assert [k.decode().split("/", 3)[3] for k in keys] == \
        ["raft", "raft/r/" + "2".zfill(20), "raft/s/" + "1".zfill(20),
         "raft/status/raft_bootstrap_time"]
    cluster.pd_process.kill()
    cluster.pd.close()
    cluster.start_pd()
    check()
    assert call(cluster.pd, "AllocID").id == 1


def test_stores(pd):
    m = pd.messages
    call(pd, "Bootstrap", bootstrap_request(pd))
    for unknown in (0, 77):
        assert refusal(lambda u=unknown: call(pd, "GetStore", m.GetStoreRequest(
            header=pd.header(), store_id=u))) == \
            (grpc.StatusCode.UNKNOWN, f"invalid store ID {unknown}, not found")
    put = m.PutStoreRequest(header=pd.header())
    put.store.CopyFrom(bootstrap_request(pd).store)
    put.store.address = "127.0.0.1:20161"
    call(pd, "PutStore", put)
    stats = m.StoreStats(store_id=1, capacity=10 << 30, available=5 << 30, region_count=1)
    call(pd, "StoreHeartbeat", m.StoreHeartbeatRequest(header=pd.header(), stats=stats))
    answer = call(pd, "GetStore", m.GetStoreRequest(header=pd.header(), store_id=1))
    assert answer.store.address == "127.0.0.1:20161" and answer.stats == stats
    assert abs(answer.store.last_heartbeat / 1e9 - time.time()) < 60
    put.store.id = 9
    code, text = refusal(lambda: call(pd, "PutStore", put))
    assert code == grpc.StatusCode.UNKNOWN and "duplicated store address" in text


def test_regions(pd):
    m = pd.messages
    call(pd, "Bootstrap", bootstrap_request(pd))
    beats = Stream(pd, "/pdpb.PD/RegionHeartbeat", m.RegionHeartbeatResponse)

    def report(region_id, start, end, version):
        request = m.RegionHeartbeatRequest(header=pd.header(), approximate_size=1)
        request.region.id = region_id
        request.region.start_key = start
        request.region.end_key = end
        request.region.region_epoch.conf_ver = 1
        request.region.region_epoch.version = version
        request.region.peers.add(id=region_id + 1, store_id=1)
        request.leader.id = region_id + 1
        request.leader.store_id = 1
        beats.send(request)

    def region(key, method="GetRegion"):
        return call(pd, method, m.GetRegionRequest(header=pd.header(), region_key=key,
                                                   need_buckets=True), m.GetRegionResponse)
    report(2, b"", b"m", 2)
    report(4, b"m", b"", 2)
    wait_until(lambda: region(b"m").region.id == 4, 5, "PD knows the regions")
    assert region(b"a").region.id == 2 and region(b"a").leader.id == 3
    assert region(b"z", "GetPrevRegion").region.id == 2
    assert region(b"a", "GetPrevRegion") == m.GetRegionResponse(header=region(b"a").header)
    by_id = call(pd, "GetRegionByID", m.GetRegionByIDRequest(header=pd.header(), region_id=99),
                 m.GetRegionResponse)
    assert by_id.ListFields() == [(by_id.DESCRIPTOR.fields_by_name["header"], by_id.header)]
    scan = call(pd, "ScanRegions", m.ScanRegionsRequest(header=pd.header(), limit=2))
    assert [r.id for r in scan.region_metas] == [2, 4] == [r.region.id for r in scan.regions]
    assert [p.id for p in scan.leaders] == [3, 5]
    scan = call(pd, "BatchScanRegions", m.BatchScanRegionsRequest(
        header=pd.header(), ranges=[m.KeyRange(start_key=b"a", end_key=b"b"),
                                    m.KeyRange(start_key=b"c", end_key=b"n")]))
    assert [r.region.id for r in scan.regions] == [2, 4]
    code, text = refusal(lambda: call(pd, "ScatterRegion", m.ScatterRegionRequest(
        header=pd.header(), region_id=2)))
    assert (code, text) == (grpc.StatusCode.UNKNOWN, "region 2 is not fully replicated")
    error = call(pd, "GetOperator").header.error
    assert (error.type, error.message) == (m.REGION_NOT_FOUND, "Not Found")
    split = m.AskBatchSplitRequest(header=pd.header(), split_count=2)
    split.region.CopyFrom(region(b"a").region)
    ids = call(pd, "AskBatchSplit", split).ids
    numbers = [n for i in ids for n in [i.new_region_id, *i.new_peer_ids]]
    assert len(numbers) == 4 == len(set(numbers))
    beats.close()


def test_safe_points(cluster, pd):
    m = pd.messages
    call(pd, "Bootstrap", bootstrap_request(pd))
    forever = (1 << 63) - 1

    def service(service_id, ttl, safe_point):
        return call(cluster.pd, "UpdateServiceGCSafePoint", m.UpdateServiceGCSafePointRequest(
            header=cluster.pd.header(), service_id=service_id, TTL=ttl, safe_point=safe_point))

    def update(safe_point):
        return call(cluster.pd, "UpdateGCSafePoint", m.UpdateGCSafePointRequest(
            header=cluster.pd.header(), safe_point=safe_point)).new_safe_point
    first = service(b"drainer_1795400000000000000", 300, 470653618805538817)
    assert first.service_id == b"gc_worker" and first.min_safe_point == 0
    assert abs(first.TTL - (forever - int(time.time()))) < 60
    assert service(b"gc_worker", forever, 500).min_safe_point == 500
    low = service(b"too_low", 300, 499)
    assert (low.service_id, low.min_safe_point) == (b"gc_worker", 500)
    assert service(b"gc_worker", forever, 1 << 62).service_id == b"drainer_1795400000000000000"
    gone = service(b"drainer_1795400000000000000", 0, 0)
    assert (gone.service_id, gone.min_safe_point) == (b"gc_worker", 1 << 62)
    for arguments, text in (((b"", 5, 1 << 62), "service id of service safepoint cannot be empty"),
                            ((b"gc_worker", 5, 1 << 62),
                             "TTL of gc_worker's service safe point must be infinity"),
                            ((b"gc_worker", 0, 1), "cannot remove service safe point of gc_worker")):
        assert refusal(lambda a=arguments: service(*a)) == (grpc.StatusCode.UNKNOWN, text)
    assert update(0xabc) == 0xabc and update(5) == 0xabc
    assert etcdctl(pd, "get", f"/pd/{pd.cluster_id}/gc/safe_point", "--print-value-only") == b"abc\n"
    cluster.pd_process.kill()
    cluster.pd.close()
    cluster.start_pd()
    assert update(0) == 0xabc
    assert service(b"x", 300, 7).min_safe_point == 1 << 62


# HTTP API -----------------------------------------------------------------------------------------

def test_http_api(cluster, pd):
    def get(path):
        return json.loads(http_get(f"http://{pd.address}/pd/api/v1/{path}"))
    members = get("members")
    assert members["header"]["cluster_id"] == pd.cluster_id
    assert members["leader"]["client_urls"] == [f"http://{pd.address}"]
    assert get("cluster/status")["is_initialized"] is False
    cluster.start_tikv()
    stores = get("stores")
    assert stores["count"] == 1
    store = stores["stores"][0]
    assert store["store"]["state_name"] == "Up"
    assert store["store"]["address"] == cluster.address("tikv")
    assert get(f"store/{store['store']['id']}")["store"] == store["store"]
    regions = get("regions")
    assert regions["count"] == 1
    region = regions["regions"][0]
    assert region["start_key"] == region["end_key"] == ""
    assert region["leader"]["store_id"] == store["store"]["id"]
    assert get(f"region/id/{region['id']}")["epoch"] == {"conf_ver": 1, "version": 1}
    assert get("region/id/222") is None
    assert get("region/key/abc")["id"] == region["id"]
    assert get("cluster/status")["is_initialized"] is True
    assert get("cluster") == {"id": pd.cluster_id, "max_peer_count": 3}
    assert get("version")["version"].startswith("v")
    assert get("health")[0]["health"] is True
    assert get("gc/safepoint")["gc_safe_point"] == 0
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"http://{pd.address}/pd/api/v1/store/99", timeout=5)
    assert caught.value.code == 404 and caught.value.read() == b'"store 99 not found"\n'
    assert http_get(f"http://{pd.address}/pd/ping") == ""
    assert "process_cpu_seconds_total" in http_get(f"http://{pd.address}/metrics")


def test_stops_cleanly(cluster):
    cluster.start_pd()
    child = etcd_pid(cluster)
    assert cluster.pd_process.terminate() == 0
    assert not is_running(child)
