"""Records at Netlify as the program has them: made, found, refused, taken over, and never anybody else's."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pulumi.runtime.rpc import UNKNOWN

from infra.netlify_api import NetlifyError
from infra.netlify_dns import DnsRecordProvider
from tests.netlify_fixture import ZONE, Netlify

API = f"api.{ZONE}"
PROVIDER = DnsRecordProvider()


def record(**changes: Any) -> dict[str, Any]:
    """Inputs of the API's CNAME."""
    given_ = {"zone": ZONE, "hostname": API, "type": "CNAME", "value": "new.elb.example", "ttl": 3600}
    return {**given_, "take_over": False, "issuers": [], **changes}


def cname(value: str, hostname: str = API, **more: Any) -> dict[str, Any]:
    """A record that is there already."""
    return {"hostname": hostname, "type": "CNAME", "value": value, **more}


class TestCheck:
    """What is refused before anything is asked, without network or token."""

    @pytest.mark.parametrize(
        ("changes", "blamed", "why"),
        [
            ({"hostname": "api.other.example"}, "hostname", f"api.other.example is not in the zone {ZONE}"),
            ({"hostname": f"evil{ZONE}"}, "hostname", "is not in the zone"),
            ({"hostname": "api"}, "hostname", "must be a full host name"),
            ({"hostname": ZONE}, "hostname", "cannot have a CNAME"),
            ({"type": "MX"}, "type", "must be one of A, AAAA, CNAME, TXT"),
            ({"type": "NETLIFY"}, "type", "must be one of"),
            ({"ttl": 59}, "ttl", "from 60 to 86400"),
            ({"ttl": 3600.5}, "ttl", "whole number"),
            ({"ttl": None}, "ttl", "whole number"),
            ({"value": ""}, "value", "is no value"),
            ({"value": "not a host"}, "value", "is no value of a record of type CNAME"),
            ({"type": "A", "value": "300.1.1.1"}, "value", "is no value of a record of type A"),
            ({"type": "AAAA", "value": "192.0.2.1"}, "value", "is no value"),
        ],
    )
    def test_what_no_zone_can_hold_is_refused(self, changes: dict[str, Any], blamed: str, why: str) -> None:
        """By the property, in words that say what it must be."""
        (failure,) = PROVIDER.check({}, record(**changes)).failures

        assert failure.property == blamed
        assert why in failure.reason

    def test_acms_spelling_is_the_same_record(self) -> None:
        """A dot at the end and capitals are no difference; nor is a number that the engine made floating."""
        spelt = record(hostname=f"_A1.{API}.", value="_B2.acm-validations.aws.", ttl=3600.0, zone=ZONE.upper())
        result = PROVIDER.check({}, spelt)

        assert not result.failures
        assert result.inputs == record(hostname=f"_a1.{API}", value="_b2.acm-validations.aws")
        assert PROVIDER.check({}, record(type="TXT", value="Aa.")).inputs["value"] == "Aa."

    def test_what_is_not_known_yet_is_not_judged(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """In a preview of a new certificate, which also needs no token; the record may become another one."""
        monkeypatch.delenv("NETLIFY_AUTH_TOKEN", raising=False)
        unknown = record(hostname=UNKNOWN, type=UNKNOWN, value=UNKNOWN)
        result = PROVIDER.check({}, unknown)

        assert (result.inputs, result.failures) == (unknown, [])
        diff = PROVIDER.diff("id", record(), unknown)
        assert diff.replaces == ["hostname", "type", "value"]


class TestDiff:
    """Netlify changes no record."""

    @pytest.mark.parametrize("changes", [{"value": "b.example"}, {"ttl": 60}, {"type": "A"}, {"hostname": ZONE}])
    def test_another_record_replaces_this_one_which_goes_first(self, changes: dict[str, Any]) -> None:
        """Whatever it is that changes."""
        diff = PROVIDER.diff("id", record(), record(**changes))

        assert (diff.changes, diff.replaces, diff.delete_before_replace) == (True, [*changes], True)

    def test_how_it_is_made_is_no_part_of_it(self) -> None:
        """Taking a name out of `takeOver` after the cutover touches nothing."""
        assert PROVIDER.diff("id", record(take_over=True), record(issuers=["amazon.com"])).changes is False


class TestCreate:
    """What is there decides what happens."""

    def test_a_name_without_a_record_gets_one(self, netlify: Netlify) -> None:
        """With everything that it was made from, and the id that Netlify gave it."""
        made = PROVIDER.create(record())

        (there,) = netlify.records()
        assert {k: there[k] for k in ("id", "hostname", "type", "value", "ttl")} == {
            **{k: record()[k] for k in ("hostname", "type", "value", "ttl")},
            "id": made.id,
        }
        assert made.outs == {**record(), "zone_id": there["dns_zone_id"], "replaced": []}

    def test_an_equal_one_is_adopted_however_it_is_spelt(self, netlify: Netlify) -> None:
        """So what a killed process made is found again; nothing is made twice."""
        (there,) = netlify.fill(cname("NEW.elb.example."))

        assert PROVIDER.create(record()).id == there["id"]
        assert netlify.records() == [there]
        assert netlify.asked("POST") == netlify.asked("DELETE") == []

    def test_in_a_long_zone_too(self, netlify: Netlify) -> None:
        """The list has pages, and what counts is on the last one."""
        netlify.fill(*({"hostname": f"n{number}.{ZONE}"} for number in range(250)), cname("new.elb.example"))

        assert PROVIDER.create(record()).id == netlify.records()[-1]["id"]

    def test_a_full_last_page_is_the_end(self, netlify: Netlify) -> None:
        """Not a reason to ask for ever."""
        netlify.fill(*({"hostname": f"n{number}.{ZONE}"} for number in range(200)))
        PROVIDER.create(record())

        assert len(netlify.records()) == 201

    @pytest.mark.parametrize(
        ("there", "ours", "said"),
        [
            (cname("old.example"), {}, f"{API} CNAME old.example is there, and this stack did not make it. Delete"),
            ({"hostname": API}, {}, f"{API} A 192.0.2.1 is there.* A CNAME allows no other record of its name"),
            ({"hostname": API, "type": "TXT", "value": "x"}, {}, f"{API} TXT x is there"),
            (cname("old.example"), {"type": "A", "value": "192.0.2.9"}, "A CNAME allows no other"),
            ({"hostname": API}, {"type": "A", "value": "192.0.2.9"}, f"{API} A 192.0.2.1 is there"),
        ],
    )
    def test_somebody_elses_record_is_an_error(
        self, netlify: Netlify, there: dict[str, Any], ours: dict[str, Any], said: str
    ) -> None:
        """That names both records and the key that lets it be replaced; nothing is touched."""
        before = netlify.fill(there)

        with pytest.raises(NetlifyError, match=rf"{said}.*add {API} to priceguard:dns\.takeOver"):
            PROVIDER.create(record(**ours))
        assert netlify.records() == before

    def test_other_types_live_beside_each_other(self, netlify: Netlify) -> None:
        """Where there is no CNAME."""
        netlify.fill({"hostname": API, "type": "TXT", "value": "x"})
        PROVIDER.create(record(type="A", value="192.0.2.9"))

        assert netlify.values(API) == ["x", "192.0.2.9"]

    @pytest.mark.parametrize(
        "there",
        [cname("old.example", managed=True), cname("new.elb.example", managed=True), cname("x", type="NETLIFY")],
    )
    def test_what_netlify_manages_is_never_touched(self, netlify: Netlify, there: dict[str, Any]) -> None:
        """Whatever is asked for, and even where it says the same."""
        before = netlify.fill(there)

        with pytest.raises(NetlifyError, match="Netlify manages"):
            PROVIDER.create(record(take_over=True))
        assert netlify.records() == before

    def test_a_zone_that_the_token_does_not_see_is_named(self, netlify: Netlify) -> None:
        """With those that it does see."""
        netlify.fill(**{"another.example": []})

        with pytest.raises(NetlifyError, match=rf"sees no DNS zone no\.example .*\(it sees another\.example, {ZONE}\)"):
            PROVIDER.create(record(zone="no.example"))


class TestReadAndDelete:
    """Our record, and only that."""

    def test_a_refresh_shows_what_is_there(self, netlify: Netlify) -> None:
        """The same is no difference, whatever its spelling; another value is; gone is gone."""
        made = PROVIDER.create(record())
        assert made.outs
        same = PROVIDER.read(made.id, made.outs)
        assert (same.id, same.outs) == (made.id, made.outs)
        stranger = netlify.fill(cname("stranger.example"))[0]

        drifted = PROVIDER.read(stranger["id"], {**made.outs, "zone_id": stranger["dns_zone_id"]})
        assert drifted.outs
        assert PROVIDER.diff("", drifted.outs, record()).replaces == ["value"]
        gone = PROVIDER.read(made.id, {**made.outs, "zone_id": stranger["dns_zone_id"]})
        assert (gone.id, gone.outs) == ("", {})

    def test_it_is_deleted_and_a_second_time_is_no_error(self, netlify: Netlify) -> None:
        """Somebody may have deleted it, or the whole zone."""
        made = PROVIDER.create(record())
        assert made.outs
        PROVIDER.delete(made.id, made.outs)

        assert netlify.records() == []
        PROVIDER.delete(made.id, made.outs)
        netlify.fill()
        PROVIDER.delete(made.id, made.outs)

    def test_what_it_has_become_meanwhile_stays(self, netlify: Netlify, capsys: pytest.CaptureFixture[str]) -> None:
        """The id alone does not make it ours; the log says so."""
        (other,) = netlify.fill(cname("stranger.example"))
        PROVIDER.delete(other["id"], {**record(), "zone_id": other["dns_zone_id"]})

        assert netlify.records() == [other]
        assert "stranger.example is no longer the record that this stack made: it stays" in capsys.readouterr().err


names = st.sampled_from([ZONE, API, f"_a.{API}", f"www.{ZONE}"])
others = st.lists(
    st.fixed_dictionaries(
        {"hostname": names, "type": st.sampled_from(["A", "TXT", "CNAME", "NETLIFY"]), "value": st.sampled_from("xyz")},
        optional={"managed": st.booleans()},
    ),
    max_size=5,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(there=others, kind=st.sampled_from(["CNAME", "TXT"]), value=st.sampled_from("xw"), hostname=names)
def test_all_others_are_as_they_were(
    netlify: Netlify, there: list[dict[str, Any]], kind: str, value: str, hostname: str
) -> None:
    """After making and deleting, or after a refusal; an equal one counts as ours."""
    before = netlify.fill(*there)
    inputs = record(type=kind, value=value, hostname=hostname)
    try:
        made = PROVIDER.create(inputs)
    except NetlifyError:
        assert netlify.records() == before
        return
    assert made.outs
    PROVIDER.delete(made.id, made.outs)

    assert netlify.records() == [r for r in before if r["id"] != made.id]
