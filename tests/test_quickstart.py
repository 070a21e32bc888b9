"""./quickstart itself, in namespaces of its own: it types `pkill drainer` and takes the tutorial's fixed ports."""
import os
import re
import shutil
import subprocess

import pytest

from localcluster.stubs import ROOT

PROGRAMS = ("pd-server", "tikv-server", "tidb-server", "pump", "drainer", "binlogctl")
NAMESPACES = ["unshare", "--pid", "--net", "--mount", "--fork", "--mount-proc"]
STOP = 'for p in tidb-server drainer pump tikv-server pd-server; do pkill "$p"; sleep 1; done'
LISTEN = ("/usr/bin/python3 -c 'import socket, time; s = socket.socket(); s.bind((\"127.0.0.1\", {port})); s.listen(); "
          "time.sleep(600)' & until ss -ltn | grep -q :{port}; do sleep 0.1; done; ")
SMALL_DISK = "mount -t tmpfs -o size=2g small /mnt; export TMPDIR=/mnt; "


def can_unshare():
    return subprocess.run([*NAMESPACES, "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0


pytestmark = pytest.mark.skipif(not can_unshare(), reason="needs namespaces: run as root")


@pytest.fixture
def quickstart(tmp_path):
    """Runs ./quickstart with arguments after a shell text; its exit code and output."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for program in PROGRAMS:
        shutil.copy(os.path.join(os.environ["TBL_BIN"], program), programs)

    def run(arguments, before=""):
        done = subprocess.run(
            [*NAMESPACES, "sh", "-ec", f"ip link set lo up; {before} exec /usr/bin/python3 -m quickstart {arguments}"],
            env={**os.environ, "TBL_BIN": str(programs), "PYTHONPATH": os.path.join(ROOT, "tools")},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300, check=False)
        # The terminal's own line ends, which text=True would make two of.
        output = done.stdout.decode().replace("\r\n", "\n")
        print(output)
        return done.returncode, output
    return run


def tutorial_commands():
    """What the tutorial tells to type, without what only fits one machine."""
    with open(os.path.join(ROOT, "docs", "tutorial.md"), encoding="utf-8") as f:
        blocks = re.findall(r"^```(\w*)\n(.*?)^```$", f.read(), re.DOTALL | re.MULTILINE)
    commands = [line for language, block in blocks if not language for line in block.splitlines()]
    own = ("mkdir ", "ln -s ", "sudo ", "printf >> ", "./bin/binlogctl --")
    return [c for c in commands if not c.startswith(own)]


def test_the_tutorial_as_it_stands(quickstart):
    code, output = quickstart("walkthrough")
    assert code == 0
    assert "Everything worked and is stopped." in output
    commands = tutorial_commands()
    assert len(commands) > 30
    typed = [re.sub(r"^(\[binlog\]\$|TiDB \[.*?\]>|MariaDB \[.*?\]>) ", "", line) for line in output.splitlines()]
    assert [c for c in commands if c not in typed] == []
    assert typed.count(STOP) == 2, "it was stopped, started again and stopped"


def test_a_small_disk_and_a_busy_3306(quickstart):
    code, output = quickstart("walkthrough", LISTEN.format(port=3306) + SMALL_DISK)
    assert code == 0
    assert "Everything worked and is stopped." in output
    other = re.search(r"Port 3306 is in use, .*: here MariaDB gets port (\d+)", output).group(1)
    assert f"\nport={other}\n" in output, "drainer.toml"
    assert f"mysql -h 127.0.0.1 -P {other} -u root" in output and "-P 3306" not in output
    said = re.search(r"Pump refuses writes below 10 GiB of free disk, and \d+ MiB are free here", output)
    assert said.start() < output.index("./bin/pump --config")
    assert '\n[storage]\nstop-write-at-available-space="100MB"\n' in output, "pump.toml"


def test_another_busy_port_is_named(quickstart):
    code, output = quickstart("walkthrough", LISTEN.format(port=4000))
    assert code == 1
    assert "these ports of 127.0.0.1 are in use: 4000 (for tidb-server)" in output
    assert "Starting" not in output and "pd-server --config" not in output


def test_the_private_mariadb_wants_3306(quickstart, tmp_path):
    code, output = quickstart("mariadb", LISTEN.format(port=3306) + f"cd {tmp_path};")
    assert code == 1
    assert "port 3306 of 127.0.0.1 is in use" in output
