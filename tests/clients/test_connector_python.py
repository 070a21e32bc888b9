"""MySQL's own driver for Python, in pure Python and over libmysqlclient, on both servers."""
import os
import subprocess
import sys

import pytest

VERSION = "8.0.33"
HERE = os.path.dirname(os.path.abspath(__file__))


@pytest.fixture(scope="module")
def driver():
    """Where the driver is. It is no Debian package: pip fetches it once."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    directory = os.path.join(cache, "tidb-binlog-tests", f"mysql-connector-python-{VERSION}")
    if not os.path.isdir(os.path.join(directory, "mysql", "connector")):
        done = subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", directory,
                               f"mysql-connector-python=={VERSION}"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=600, check=False)
        if done.returncode != 0:
            pytest.fail(f"pip cannot fetch mysql-connector-python {VERSION} from PyPI; install it to {directory}, or "
                        f"repeat the test with a network:\n{done.stdout[-2000:]}")
    return directory


@pytest.mark.parametrize("pure", ["pure", "c"])
def test_the_same_on_both_servers(ports, driver, pure):
    told = []
    for port in ports:
        done = subprocess.run([sys.executable, os.path.join(HERE, "connector_app.py"), str(port), pure],
                              env={**os.environ, "PYTHONPATH": driver}, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stdout[-3000:]
        told.append(done.stdout.split("\n"))
    assert len(told[0]) > 40
    assert told[0] == told[1]
