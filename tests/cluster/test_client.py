"""The C++ clients of etcd, PD and TiKV against real servers."""
import os
import subprocess

from localcluster.cluster import default_bin


def test_clients_against_pd_and_tikv(cluster):
    cluster.start_pd()
    cluster.start_tikv()
    program = os.path.join(default_bin(), "..", "tests", "bin", "cluster_client")
    result = subprocess.run([program], env={**os.environ, "TBL_PD": cluster.address("pd"),
                                            "TBL_TIKV_PID": str(cluster.tikv_process.pid)},
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300,
                            check=False)
    assert result.returncode == 0, result.stdout[-20000:]
