"""A record of somebody else's that is to be replaced, certificates that nobody may issue, and two environments."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from infra import netlify_api
from infra.certificate import AMAZON
from infra.netlify_api import NetlifyError
from tests.infra.test_netlify_dns import API, PROVIDER, cname, record
from tests.netlify_fixture import ZONE, Netlify


class TestTakeOver:
    """The old one goes, and is remembered."""

    def test_the_old_one_is_kept_for_the_way_back(self, netlify: Netlify, capsys: pytest.CaptureFixture[str]) -> None:
        """In the outputs, and in the log should the process die."""
        netlify.fill(cname("old.example", ttl=600))
        made = PROVIDER.create(record(take_over=True))

        assert netlify.values(API) == ["new.elb.example"]
        assert made.outs
        assert made.outs["replaced"] == [cname("old.example", ttl=600)]
        assert f"{API} CNAME old.example, ttl 600, gives way to" in capsys.readouterr().err

    def test_everything_that_excludes_it_goes(self, netlify: Netlify) -> None:
        """Several addresses, texts; other names stay."""
        other = {"hostname": f"www.{ZONE}", "type": "A", "value": "192.0.2.1"}
        netlify.fill({"hostname": API}, {"hostname": API, "value": "192.0.2.2"}, other)
        PROVIDER.create(record(take_over=True))

        assert netlify.values(API) == ["new.elb.example"]
        assert netlify.values(other["hostname"]) == [other["value"]]

    def test_it_is_put_back_when_the_new_one_cannot_be_made(
        self, netlify: Netlify, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A name must not end without any record."""
        monkeypatch.setattr(netlify_api, "PATIENCE", 0.5)
        netlify.fill(cname("old.example", ttl=600))
        netlify.fail("POST *", status=500, count=2)

        with pytest.raises(NetlifyError, match=rf"{API} CNAME old\.example is there again"):
            PROVIDER.create(record(take_over=True))
        (there,) = netlify.records()
        assert (there["value"], there["ttl"]) == ("old.example", 600)

    def test_what_cannot_be_put_back_is_told(self, netlify: Netlify, monkeypatch: pytest.MonkeyPatch) -> None:
        """So that a person can."""
        monkeypatch.setattr(netlify_api, "PATIENCE", 0.5)
        netlify.fill(cname("old.example", ttl=600))
        netlify.fail("POST *", status=503, count=100)

        with pytest.raises(NetlifyError, match=rf"Enter it at Netlify now: {API} CNAME old\.example, ttl 600"):
            PROVIDER.create(record(take_over=True))

    def test_a_new_one_whose_answer_was_lost_is_kept(self, netlify: Netlify, monkeypatch: pytest.MonkeyPatch) -> None:
        """The old one beside it would be one too many; the repetition finds it."""
        monkeypatch.setattr(netlify_api, "PATIENCE", 0.1)
        netlify.fill(cname("old.example"))
        netlify.fail("POST *", cut="after")

        with pytest.raises(NetlifyError, match="is there nevertheless: run again"):
            PROVIDER.create(record(take_over=True))
        assert netlify.values(API) == ["new.elb.example"]
        assert PROVIDER.create(record()).id == netlify.records()[0]["id"]


VALIDATION = record(hostname=f"_a.{API}", value="_b.acm-validations.aws", issuers=[*AMAZON])


class TestIssuers:
    """CAA records decide who may issue: the nearest name upwards has the say."""

    @staticmethod
    def caa(value: str, hostname: str = ZONE, tag: str = "issue") -> dict[str, Any]:
        """A CAA record."""
        return {"hostname": hostname, "type": "CAA", "value": value, "flag": 0, "tag": tag}

    @pytest.mark.parametrize(
        "there",
        [
            [],
            [("letsencrypt.org",), ("amazontrust.com",)],
            [("Amazon.com; accounturi=x",)],
            [("letsencrypt.org",), ("amazon.com", API)],
            [("letsencrypt.org", f"www.{ZONE}")],
            [(";", ZONE, "issuewild")],
        ],
    )
    def test_who_may_issue_gets_its_record(self, netlify: Netlify, there: list[tuple[str, ...]]) -> None:
        """No CAA at all is everybody; wildcards are another matter."""
        netlify.fill(*(self.caa(*one) for one in there))

        assert PROVIDER.create(VALIDATION).id

    @pytest.mark.parametrize(
        "there", [[("letsencrypt.org",)], [(";",)], [("amazon.com",), ("letsencrypt.org", API)], [("notamazon.com",)]]
    )
    def test_who_may_not_is_told_before_the_wait(self, netlify: Netlify, there: list[tuple[str, ...]]) -> None:
        """With the records that say so, and the one to add; nothing is made."""
        before = netlify.fill(*(self.caa(*one) for one in there))

        with pytest.raises(NetlifyError, match=rf"certificate for {API} could.* CAA .*flag 0, tag issue, value amazon"):
            PROVIDER.create(VALIDATION)
        assert netlify.records() == before
        assert PROVIDER.create({**VALIDATION, "issuers": []}).id  # no certificate, no matter


def test_two_environments_share_a_zone_at_the_same_time(netlify: Netlify) -> None:
    """Each has its names, and takes away only those."""
    inputs = [record(hostname=f"{label}.{env}.{ZONE}") for env in ("dev", "prod") for label in ("api", "_a.api", "_b")]
    with ThreadPoolExecutor() as pool:
        made = list(pool.map(PROVIDER.create, inputs))
        assert len({one.id for one in made}) == len(netlify.records()) == len(inputs)
        list(pool.map(lambda one: PROVIDER.delete(one.id, one.outs or {}), made[:3]))

    assert {r["id"] for r in netlify.records()} == {one.id for one in made[3:]}
