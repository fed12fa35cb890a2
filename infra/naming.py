"""Names: the logical ones that Pulumi knows, the physical ones that AWS shows, and the tags.

A logical name is a literal, because Pulumi replaces a resource whose logical name changes; it is never made here.
A physical name carries the environment, because both environments may share an account.
"""

from dataclasses import dataclass

PROJECT = "priceguard"


@dataclass(frozen=True)
class Naming:
    """Physical names and tags of one environment.

    Args:
        environment: the stack's name, `dev` or `prod`.
        owner: who answers for the environment, as its tags say.
        cost_centre: who pays for it, as its tags say.
    """

    environment: str
    owner: str
    cost_centre: str

    def physical(self, part: str = "") -> str:
        """`priceguard-dev`, or `priceguard-dev-<part>`. AWS allows 32 characters for the shortest kind."""
        return "-".join(filter(None, (PROJECT, self.environment, part)))

    def path(self, part: str = "") -> str:
        """`/priceguard/dev/`, or `/priceguard/dev/<part>`: the path of roles and of log groups."""
        return f"/{PROJECT}/{self.environment}/{part}"

    def secret(self, part: str) -> str:
        """`priceguard/dev/<part>`: Secrets Manager's names have no leading slash."""
        return self.path(part).lstrip("/")

    @property
    def shared_tags(self) -> dict[str, str]:
        """The tags that every taggable resource carries; cost reports and policies read them."""
        return {
            "Project": PROJECT,
            "Environment": self.environment,
            "Owner": self.owner,
            "CostCentre": self.cost_centre,
            "ManagedBy": "pulumi",
        }

    def tags(self, part: str = "") -> dict[str, str]:
        """The shared tags, and the `Name` that the console shows: the physical name."""
        return {"Name": self.physical(part), **self.shared_tags}


def permissions_boundary(account: str) -> str:
    """ARN of what no role of an environment may exceed; the account's bootstrap makes it (bootstrap/account.yaml)."""
    return f"arn:aws:iam::{account}:policy/{PROJECT}/bootstrap/{PROJECT}-boundary"
