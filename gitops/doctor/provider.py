"""GitHub's identity provider, when the account had one before the template came."""

from collections.abc import Iterator

from gitops.doctor.errors import MissingError, UnreadError
from gitops.doctor.report import Row, good, shown, wrong
from gitops.doctor.stack import deploy
from gitops.doctor.subject import Subject


def check_provider(subject: Subject) -> Iterator[Row]:
    """Whether it takes our tokens. It may have audiences of others; the template's own has none."""
    arn = subject.template.parameters["ExistingOidcProviderArn"]
    if not arn:
        return
    check, command = "ExistingOidcProvider.ClientIdList", "aws iam add-client-id-to-open-id-connect-provider"
    (audience,) = subject.template.properties("OidcProvider")["ClientIdList"]
    asked = {"OpenIDConnectProviderArn": arn}
    try:
        found = subject.account.call("iam", "get_open_id_connect_provider", **asked)["ClientIDList"]
    except MissingError:
        fix = f"{deploy(subject.account.region)} --parameter-overrides ExistingOidcProviderArn="
        yield wrong(check, expected=arn, found="it is missing", fix=fix)
    except UnreadError as error:
        yield error.row(check, audience)
    else:
        fix = f"{command} --open-id-connect-provider-arn {arn} --client-id {audience}"
        expected = f"{audience} among its audiences"
        yield (
            good(check, expected) if audience in found else wrong(check, expected=expected, found=shown(found), fix=fix)
        )
