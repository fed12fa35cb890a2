"""The state itself: what a person's first login leaves, and no job may write."""

from collections.abc import Iterator

from gitops.doctor.errors import MissingError, UnreadError
from gitops.doctor.report import Row, good, wrong
from gitops.doctor.subject import Subject

_LAYOUT = ".pulumi/meta.yaml"


def check_state(subject: Subject) -> Iterator[Row]:
    """Whether the bucket has the file that says how Pulumi lays out its states."""
    check, account, template = "state.Layout", subject.account, subject.template
    where = {"Bucket": template.resource("StateBucket").ref, "ExpectedBucketOwner": account.id}
    try:
        found = account.call("s3", "list_objects_v2", Prefix=_LAYOUT, **where)
    except MissingError:
        return  # the comparison has said so
    except UnreadError as error:
        yield error.row(check, _LAYOUT)
        return
    if found.get("Contents"):
        yield good(check, _LAYOUT)
    else:
        fix = f"pulumi login '{template.output('BackendUrl')}' # as administrator"
        yield wrong(check, expected=_LAYOUT, found="nothing: nobody has logged in yet, and no job may", fix=fix)
