"""Fifty people log in at once: memory and health stay what they are, and the queue stays short.

The bounds here are wide, because other tests use the same processors; `make bench` prints the figures.
"""

import contextlib
from pathlib import Path

import pytest

from tests.api.api_process import ApiProcess
from tests.api.login_bench import PEOPLE, Figures, measure, prepare, quarter_of_a_processor

SECONDS = 2


async def log_in_for_a_while(database: str, folder: Path, *, quarter: bool, patient: bool) -> Figures:
    """What fifty people see."""
    emails = await prepare(database)
    with ApiProcess(database, folder, LOG_LEVEL="WARNING").wait() as api:
        limit = quarter_of_a_processor(api.process.pid) if quarter else contextlib.nullcontext()
        try:
            with limit:
                return await measure(api, emails, SECONDS, patient=patient)
        except OSError as error:
            if not quarter:
                raise
            pytest.skip(f"no control group can be had for a quarter of a processor: {error}")


@pytest.mark.parametrize(("quarter", "patient"), [(False, True), (True, False)])
async def test_fifty_at_once(database: str, tmp_path: Path, quarter: bool, patient: bool) -> None:  # noqa: FBT001
    """Memory grows by one hash at a time, no more than 16 wait, everybody else is told to come back."""
    figures = await log_in_for_a_while(database, tmp_path, quarter=quarter, patient=patient)

    assert figures.grown < 100
    assert set(figures.statuses) == {200, 503}
    assert figures.statuses[503] >= PEOPLE - 17
    assert figures.logins_a_second > 1
    assert figures.health_p99 < 1
