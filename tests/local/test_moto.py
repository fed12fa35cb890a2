"""The AWS emulator's process."""

import http.client
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from local.moto import MotoError, MotoServer


def answers(server: MotoServer) -> bool:
    """Whether the emulator's own page is there."""
    connection = http.client.HTTPConnection(server.host, server.port, timeout=10)
    connection.request("GET", "/moto-api/data.json")
    status = connection.getresponse().status
    connection.close()
    return status == 200


def test_it_answers_until_it_is_stopped(tmp_path: Path) -> None:
    """On a free port of 127.0.0.1 and nowhere else; starting and stopping twice is harmless."""
    server = MotoServer(tmp_path / "logs" / "moto.log")
    server.start()
    pid = server.pid
    server.start()

    assert pid is not None
    assert server.pid == pid
    assert answers(server)
    listening = {c.laddr.ip for c in psutil.Process(pid).net_connections() if c.status == psutil.CONN_LISTEN}
    assert listening == {"127.0.0.1"}
    assert server.log_file.stat().st_mode & 0o077 == 0

    server.stop()
    server.stop()

    assert not psutil.pid_exists(pid)
    assert server.pid is None


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    """With the end of the log."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(MotoError, match=f"(?s)did not start.*moto.log.*Port {port} is in use"):
            MotoServer(tmp_path / "moto.log", port=port).start()


def test_a_log_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """Before anything is started."""
    (tmp_path / "file").touch()

    with pytest.raises(MotoError, match=f"cannot write {tmp_path}/file/moto.log"):
        MotoServer(tmp_path / "file" / "moto.log").start()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_it_dies_with_its_parent(tmp_path: Path) -> None:
    """Even when that was killed and could not say good-bye."""
    program = (
        "import pathlib, sys, time; from local.moto import MotoServer\n"
        "server = MotoServer(pathlib.Path(sys.argv[1]))\n"
        "server.start(); print(server.pid, flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "moto.log")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        server = psutil.Process(int(parent.stdout.readline()))
        parent.send_signal(signal.SIGKILL)
        parent.wait(10)

        _, alive = psutil.wait_procs([server], timeout=10)

    assert not alive
