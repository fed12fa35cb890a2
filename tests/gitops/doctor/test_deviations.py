"""Each thing that may be astray in an account is one finding, with what is expected, what is there, and the fix.

They gather in one account: every test adds one, and looks for what is new.
"""

from collections.abc import Iterator

import pytest

from gitops.doctor.report import Row
from tests.gitops.doctor.command_lines import assert_exist
from tests.gitops.doctor.deviations import OF_BUCKETS, OF_KEYS, Deviation
from tests.gitops.doctor.deviations_of_roles import OF_ENVIRONMENTS, OF_ROLES
from tests.gitops.doctor.patient import Patient, an_account, bootstrap

DEVIATIONS = (*OF_BUCKETS, *OF_KEYS, *OF_ROLES, *OF_ENVIRONMENTS)


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Patient]:
    """As the bootstrap makes it, before the first test."""
    with an_account(tmp_path_factory.mktemp("astray")) as made:
        bootstrap(made)
        yield made


@pytest.fixture(scope="module")
def known() -> dict[str, Row]:
    """What the tests before have left, so that nobody looks twice."""
    return {}


@pytest.mark.parametrize("deviation", DEVIATIONS, ids=lambda deviation: deviation.finding)
def test_a_deviation_is_found(patient: Patient, known: dict[str, Row], deviation: Deviation) -> None:
    """That one alone."""
    before = dict(known) or patient.findings()

    deviation.make(patient)

    after = patient.findings()
    known.update(after)
    assert after.keys() ^ before.keys() == {deviation.finding}
    row = after[deviation.finding]
    assert deviation.found in row.found
    assert deviation.fix in row.fix
    assert row.expected != row.found
    assert_exist(row.fix)
