"""What a question may come to instead of an answer."""

from gitops.doctor.report import Row, State


class DoctorError(Exception):
    """A service could not be looked at; the message says why and, after `; `, what to do."""

    def row(self, group: str) -> Row:
        """This as all that is said of a group of checks."""
        why, _, fix = str(self).partition("; ")
        return Row(id=group, state=State.UNREAD, expected="an answer", found=why, fix=fix or "run this again")


class NotAskedError(DoctorError):
    """Nobody has given what it takes to ask: that is no finding."""

    def row(self, group: str) -> Row:
        """How to have it asked."""
        why, _, fix = str(self).partition("; ")
        return Row(id=group, state=State.NOT_ASKED, expected="an answer", found=why, fix=fix)


class MissingError(Exception):
    """What was asked for does not exist."""


class UnreadError(Exception):
    """One question has no answer; the others may have."""

    def __init__(self, permission: str, why: str, fix: str) -> None:
        super().__init__(f"could not be read: {permission}{why}")
        self.fix = fix

    def row(self, check: str, expected: str) -> Row:
        """This as the end of a check."""
        return Row(id=check, state=State.UNREAD, expected=expected, found=str(self), fix=self.fix)
