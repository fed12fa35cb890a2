"""A plugin as a process: what it writes, what it takes, and when it ends."""

import os
import signal
import subprocess

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2

from tests.local.plugin.conftest import WITHIN, Plugins

LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"


def test_nothing_but_the_port_is_on_the_standard_output(plugins: Plugins) -> None:
    """The engine reads it there; an interrupt, with which it ends its plugins, is no failure."""
    with plugins.start("aws") as plugin:
        plugin.ask("Check", LOG_GROUP, news={"name": "a"}, olds={})
        with pytest.raises(grpc.RpcError):
            plugin.ask("Create", "aws:sqs/queue:Queue", properties={})
        plugin.process.send_signal(signal.SIGINT)

        assert plugin.process.communicate(timeout=WITHIN)[0] == ""
        assert plugin.process.returncode == 0


def test_a_large_resource_is_taken(plugins: Plugins) -> None:
    """More than the four megabytes that are usual."""
    with plugins.start("aws") as plugin:
        large = {"name": "a", "tags": {"large": "x" * 5_000_000}}
        answer = plugin.ask("Diff", LOG_GROUP, id="a", olds=large, old_inputs=large, news=large)

    assert answer.changes == provider_pb2.DiffResponse.DIFF_NONE


def test_a_plugin_ends_with_the_engine(plugins: Plugins) -> None:
    """One that was killed tells nobody. The output is at its end when nobody is left who could write to it."""
    engine = ["sh", "-c", '"$0" "$@" & echo $!; wait', *plugins.command("random")]
    with subprocess.Popen(engine, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout
        pid, port = (int(process.stdout.readline()) for _ in range(2))
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            grpc.channel_ready_future(channel).result(timeout=WITHIN)
        process.kill()
        try:
            assert process.communicate(timeout=WITHIN)[0] == ""
        except subprocess.TimeoutExpired:
            os.kill(pid, signal.SIGKILL)
            raise
