"""./quickstart itself, in a process namespace of its own: it types `pkill drainer`, which must not meet others."""
import os
import shutil
import subprocess

import pytest

from localcluster.stubs import ROOT


def can_unshare():
    return subprocess.run(["unshare", "-pf", "--mount-proc", "true"], stderr=subprocess.DEVNULL,
                          check=False).returncode == 0


@pytest.mark.skipif(not can_unshare(), reason="needs a process namespace: run as root")
def test_the_walkthrough(tmp_path):
    programs = os.environ["TBL_BIN"]
    for program in ("pd-server", "tikv-server", "tidb-server", "pump", "drainer", "binlogctl"):
        shutil.copy(os.path.join(programs, program), tmp_path)
    result = subprocess.run(
        ["unshare", "-pf", "--mount-proc", "/usr/bin/python3", "-m", "quickstart", "walkthrough"],
        env={**os.environ, "TBL_BIN": str(tmp_path), "PYTHONPATH": os.path.join(ROOT, "tools")},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300, check=False)
    print(result.stdout)
    assert result.returncode == 0
    assert "Everything worked and is stopped." in result.stdout
