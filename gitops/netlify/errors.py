"""What stops a sync. Every message is one line: why, and what to do; none holds the token."""


class SyncError(Exception):
    """The site was not brought to what the stack made."""


class ValueRefusedError(SyncError):
    """A value is none that everybody may read, or not one of this environment. Nothing was written."""


class BudgetError(SyncError):
    """The build would cost more credits than are left of the month's budget. Nothing was written."""


class SiteError(SyncError):
    """The published site cannot be read."""


class PublishError(SyncError):
    """A build failed, or what it published does not hold the values."""


class RecordError(SyncError):
    """What should be put back is no record of a sync. Nothing was written."""


class NetlifyError(SyncError):
    """Netlify refuses, or does not answer.

    Args:
        message: for people.
        status: HTTP status of the last answer; 0 when there was none.
    """

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status
