"""Netlify is slow, limited or broken, answers get lost, processes get killed; and the token shows nowhere."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import httpx
import pytest
from pulumi.dynamic.dynamic import serialize_provider

from infra import netlify_api
from infra.netlify_api import NetlifyError
from render.configuration import ROOT
from tests.infra.test_netlify_dns import API, PROVIDER, record
from tests.netlify_fixture import ZONE, Netlify


class TestPatience:
    """What passes is waited for, what does not is told in time."""

    @pytest.mark.parametrize("match", ["GET *", "POST *", "GET */dns_zones"])
    @pytest.mark.parametrize(
        "fault", [{"status": 429}, {"status": 503, "count": 2}, {"cut": "before"}, {"nonsense": True}]
    )
    def test_a_trouble_that_passes_is_not_seen(self, netlify: Netlify, match: str, fault: dict[str, Any]) -> None:
        """Whichever request it meets; one record is made."""
        netlify.fail(match, **fault)
        made = PROVIDER.create(record())

        assert [r["id"] for r in netlify.records()] == [made.id]

    def test_a_limit_is_waited_for_until_it_ends(self, netlify: Netlify) -> None:
        """Netlify says when, in whole seconds; nothing is asked before."""
        netlify.fail("GET */dns_zones", status=429)
        started = time.time()
        PROVIDER.create(record())

        assert int(time.time()) >= int(started) + 1
        assert netlify.asked("GET /dns_zones")[:3].count("GET /dns_zones") == 2

    def test_a_lost_answer_is_looked_for_before_a_second_try(self, netlify: Netlify) -> None:
        """The record is there: it is not made twice."""
        netlify.fail("POST *", cut="after")
        made = PROVIDER.create(record(type="TXT"))

        assert [r["id"] for r in netlify.records()] == [made.id]
        assert len(netlify.asked("POST")) == 1

    def test_a_deletion_is_repeated(self, netlify: Netlify) -> None:
        """Also when it had been carried out."""
        for cut in ("before", "after"):
            made = PROVIDER.create(record())
            netlify.fail("DELETE *", cut=cut)
            PROVIDER.delete(made.id, made.outs or {})

            assert netlify.records() == []

    @pytest.mark.parametrize("fault", [{"status": 429}, {"status": 500}, {"cut": "before"}])
    def test_patience_ends(self, netlify: Netlify, monkeypatch: pytest.MonkeyPatch, fault: dict[str, Any]) -> None:
        """With the request, what came of it and what to do."""
        monkeypatch.setattr(netlify_api, "PATIENCE", 0.4)
        netlify.fail("GET *", count=100, **fault)
        started = time.monotonic()

        with pytest.raises(NetlifyError, match=r"GET /dns_zones was (not )?answered.*given up after 0.4 s: run again"):
            PROVIDER.create(record())
        assert time.monotonic() - started < 3


def test_a_list_without_pages_is_read_once_more_at_the_most(netlify: Netlify, monkeypatch: pytest.MonkeyPatch) -> None:
    """Netlify documents none for records; whoever ignores the question answers everything again."""
    answers = iter([httpx.Response(200, json=[{"id": str(n)} for n in range(150)]) for _ in range(2)])
    monkeypatch.setattr(httpx, "Client", partial(httpx.Client, transport=httpx.MockTransport(lambda _: next(answers))))

    with netlify_api.Netlify() as asked:
        assert [record["id"] for record in asked.records("zone")] == [str(n) for n in range(150)]
    assert netlify.asked() == []


def test_what_a_killed_process_made_is_found_by_the_next_one(netlify: Netlify) -> None:
    """Killed after Netlify made the record and before anybody heard of it: it is adopted, and not an orphan."""
    netlify.fail("POST *", cut="after")
    program = (
        "import signal; from infra import netlify_api, netlify_dns\n"
        "netlify_api.Netlify._pause = lambda *_: signal.pause()\n"
        f"netlify_dns.DnsRecordProvider().create({record()!r})"
    )
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT) as process:
        until(lambda: netlify.values(API))
        process.kill()
    assert process.returncode == -signal.SIGKILL
    (orphan,) = netlify.records()

    made = PROVIDER.create(record())
    assert netlify.records() == [orphan]
    assert made.id == orphan["id"]
    PROVIDER.delete(made.id, made.outs or {})
    assert netlify.records() == []


class TestToken:
    """NETLIFY_AUTH_TOKEN: needed, and never repeated."""

    @pytest.mark.parametrize("token", ["", "  ", None])
    def test_without_one_the_error_says_how_to_get_one(
        self, netlify: Netlify, monkeypatch: pytest.MonkeyPatch, token: str | None
    ) -> None:
        """And that there is a way without."""
        if token is None:
            monkeypatch.delenv("NETLIFY_AUTH_TOKEN")
        else:
            monkeypatch.setenv("NETLIFY_AUTH_TOKEN", token)

        with pytest.raises(
            NetlifyError, match=r"NETLIFY_AUTH_TOKEN is not set: make .* or set priceguard:dns\.provider"
        ):
            PROVIDER.create(record())
        assert netlify.asked() == []

    def test_a_line_break_at_its_end_is_no_part_of_it(self, netlify: Netlify, monkeypatch: pytest.MonkeyPatch) -> None:
        """As secrets come out of files."""
        monkeypatch.setenv("NETLIFY_AUTH_TOKEN", netlify.server.token + "\n")

        assert PROVIDER.create(record()).id

    @pytest.mark.parametrize("token", ["nfp_wrongButWellFormed", "nfp_two\nlines", "nfp_ümlaut"])
    @pytest.mark.parametrize("fault", [{}, {"status": 503, "count": 100}, {"cut": "before", "count": 100}])
    def test_no_error_repeats_it(
        self, netlify: Netlify, monkeypatch: pytest.MonkeyPatch, token: str, fault: dict[str, Any]
    ) -> None:
        """Nor does what led to the error, which Pulumi prints as well."""
        monkeypatch.setattr(netlify_api, "PATIENCE", 0.2)
        monkeypatch.setenv("NETLIFY_AUTH_TOKEN", token)
        if fault:
            netlify.fail("*", **fault)

        with pytest.raises(NetlifyError) as refused:
            PROVIDER.create(record())
        told, error = "", refused.value
        while error:
            told, error = f"{told}{error!r}", error.__cause__ or (not error.__suppress_context__ and error.__context__)
        assert token not in told
        assert repr(token)[1:-1] not in told
        assert "NETLIFY_AUTH_TOKEN" in told or fault

    def test_a_refusal_that_repeats_it_is_told_without(self, netlify: Netlify, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whatever stands between Netlify and us may do that; some services say `msg`."""
        echo = httpx.MockTransport(lambda r: httpx.Response(403, json={"msg": f"no {r.headers['Authorization']}"}))
        monkeypatch.setattr(httpx, "Client", partial(httpx.Client, transport=echo))

        with pytest.raises(
            NetlifyError, match=r"answered 403: no Bearer \[token\]; the token in NETLIFY_AUTH_TOKEN is"
        ):
            PROVIDER.create(record())
        assert netlify.asked() == []

    def test_neither_state_nor_provider_hold_it(self, netlify: Netlify) -> None:
        """What Pulumi keeps of both, while the token is in the environment."""
        made = PROVIDER.create(record(take_over=True))
        kept = json.dumps(made.outs) + str(serialize_provider(PROVIDER))

        assert netlify.server.token not in kept
        assert netlify.server.api_url not in kept

    @pytest.mark.parametrize(
        "url", ["http://api.netlify.com/api/v1", "http://127.0.0.1.evil.example", "ftp://127.0.0.2"]
    )
    def test_it_does_not_travel_in_the_clear(self, netlify: Netlify, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
        """Except to a stand-in on this machine, and past any proxy."""
        monkeypatch.setenv("NETLIFY_API_URL", url)
        with pytest.raises(NetlifyError, match="it must be https, or a stand-in"):
            PROVIDER.create(record())

        monkeypatch.setenv("NETLIFY_API_URL", netlify.server.api_url)
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, "http://127.0.0.1:9")
        assert PROVIDER.create(record()).id


def test_the_provider_is_the_same_in_every_process() -> None:
    """A reference to the class: otherwise every update would find a change in every record."""
    program = (
        "from pulumi.dynamic.dynamic import serialize_provider as s; from infra.netlify_dns import *; print(s({}()))"
    )
    texts = {
        subprocess.check_output(
            [sys.executable, "-c", program.format("DnsRecordProvider")],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            text=True,
        )
        for seed in ("1", "2")
    }

    (text,) = texts
    assert len(text) < 100
    assert ZONE not in text


def until(happened: Callable[[], Any]) -> None:
    """Return when it has; an error after ten seconds."""
    deadline = time.monotonic() + 10
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)
