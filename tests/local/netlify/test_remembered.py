"""What the runner remembers of what it made at Netlify: as long as the stand-in that has it."""

import json
import signal
from pathlib import Path

import psutil
import requests

from local.loopback import direct_session
from local.providers import Resource
from local.stand_ins import StandIns
from local.state import Entry, State

AWS, NETLIFY, STRIPE = "aws:ec2/vpc:Vpc", "pulumi-python:dynamic/netlify:DnsRecord", "stripe:index/product:Product"


def remember(path: Path) -> None:
    """A state with one resource of each."""
    made = {f"urn::{t}": Entry(Resource(t, "x", "id", {}, {}), {}) for t in (AWS, NETLIFY, STRIPE)}
    State(path, made).save()


def remembered(path: Path) -> list[str]:
    """The types in a state."""
    return [entry.resource.type for entry in State.load(path).entries.values()]


async def test_records_are_forgotten_with_their_netlify_and_not_with_the_local_aws(tmp_path: Path) -> None:
    """Else the next `up` would find names taken by itself, or look for records in an empty zone."""
    remember(tmp_path / "state.json")
    stand_ins = StandIns(tmp_path, "dev")
    assert remembered(stand_ins.state_file) == [STRIPE]
    try:
        await stand_ins.start_netlify()
        remember(stand_ins.state_file)
        await stand_ins.stop_aws()
        await stand_ins.start_netlify()  # it runs
        assert remembered(stand_ins.state_file) == [NETLIFY, STRIPE]

        remember(stand_ins.state_file)
        process = psutil.Process(stand_ins.netlify.pid)
        process.send_signal(signal.SIGKILL)
        psutil.wait_procs([process], timeout=10)
        await stand_ins.start_netlify()
        assert remembered(stand_ins.state_file) == [AWS, STRIPE]
    finally:
        await stand_ins.stop_netlify()


async def test_the_configured_zone_is_there(tmp_path: Path) -> None:
    """Whoever enters records by hand may have none."""
    stand_ins = StandIns(tmp_path, "dev")
    await stand_ins.start_netlify()
    try:
        await stand_ins.have_zone({"priceguard:dns": json.dumps({"provider": "manual"})})
        await stand_ins.have_zone({"priceguard:dns": json.dumps({"provider": "netlify", "zone": "a.example"})})
        with direct_session() as session:
            answer: requests.Response = session.get(f"{stand_ins.netlify.endpoint}/_stand_in/state", timeout=10)
        assert answer.json()["zones"] == {"a.example": []}
    finally:
        await stand_ins.stop_netlify()
