"""Services that are asked over HTTP with a bearer token, and are not GitHub."""

from collections.abc import Callable
from typing import Any

from gitops.doctor.errors import DoctorError
from gitops.doctor.service import Service
from gitops.doctor.subject import Case
from infra.patient_http import HttpError, PatientHttp


class Http(PatientHttp):
    """One of them, seen with the token in a variable; `with Http(...) as http: http.service(...)`.

    Raises:
        DoctorError: the address would carry the token in the clear.
    """

    def __init__(self, case: Case, url: str, variable: str, **headers: str) -> None:
        self._case, self._variable = case, variable
        try:
            super().__init__(url, case.environ[variable].strip(), headers=headers, **case.http)
        except HttpError as error:
            raise DoctorError(f"the address of the service is {error}") from None

    def service(self, name: str, permission: Callable[[str], str]) -> Service:
        """What answers the doctor's questions."""
        return Service(
            name,
            self._json,
            token=self._variable,
            permission=permission,
            progress=lambda path: self._case.progress(f"{name}: {path}"),
        )

    def _json(self, path: str) -> Any:
        try:
            return self.send("GET", path).json()
        except HttpError as error:
            # Without the service's own words: Stripe's repeat the end of the key.
            raise HttpError(f"no answer to GET {path} but {error.status}", status=error.status) from None
