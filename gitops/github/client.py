"""GitHub, for one repository and with one token: everything that the pipeline asks it."""

from gitops.github.api import API
from gitops.github.branches import Branches
from gitops.github.checks import ACTIONS, Checks
from gitops.github.errors import GitHubError
from gitops.github.issues import Issues
from gitops.github.pulls import Pulls

__all__ = ["ACTIONS", "API", "GitHub", "GitHubError"]


class GitHub(Pulls, Issues, Checks, Branches):
    """`GitHub("owner/name", token).pull(7)`.

    Everything that writes may be repeated: it looks first, writes only what differs, and after a lost answer it looks
    again before a second try. Limits, broken answers and lost connections are waited for while patience lasts.

    Args:
        repository: `owner/name`.
        token: that of a job, of an app or of a person.
        url: of the API; https, or a stand-in on 127.0.0.1.
        transport: what carries the requests, instead of the network.
        patience: seconds that may be lost with trouble, by all requests together.
        clocks: `clock`, `now` and `sleep` of `infra.patient_http.PatientHttp`.

    Attributes:
        repository: as given.

    Raises:
        GitHubError: one of these cannot be. Every method raises it too, when GitHub refuses or does not answer.
    """
