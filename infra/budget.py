"""A budget: somebody is told before an environment costs more than it may."""

from dataclasses import dataclass

import pulumi_aws as aws
from pulumi import ComponentResource, Input, ResourceOptions

from infra.naming import Naming

# Kind of amount -> percent of the limit. Four fifths of it spent leaves time to look; AWS's forecast of the month
# tells it earlier still, once it knows five weeks of the environment.
NOTIFICATIONS = {"ACTUAL": 80, "FORECASTED": 100}


@dataclass(frozen=True, kw_only=True)
class BudgetArgs:
    """What the budget is made from.

    Args:
        naming: names and tags of the environment.
        monthly_limit: US dollars a month, whole ones.
        topic_arn: SNS topic that is told; its policy must let budgets of this account publish.
    """

    naming: Naming
    monthly_limit: int
    topic_arn: Input[str]


class Budget(ComponentResource):
    """priceguard:budget:Budget. Makes a monthly budget of what carries the environment's tag.

    AWS knows costs by a tag only from the day on which the account's owner has made it a cost allocation tag (Billing,
    "Cost allocation tags", `Environment`); until then the budget counts nothing.
    """

    def __init__(self, name: str, args: BudgetArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("priceguard:budget:Budget", name, None, opts)
        budgets = aws.budgets
        budgets.Budget(
            "monthly",
            name=args.naming.physical("monthly"),
            budget_type="COST",
            time_unit="MONTHLY",
            limit_amount=str(args.monthly_limit),
            limit_unit="USD",
            cost_filters=[
                budgets.BudgetCostFilterArgs(name="TagKeyValue", values=[f"user:Environment${args.naming.environment}"])
            ],
            notifications=[
                budgets.BudgetNotificationArgs(
                    notification_type=kind,
                    comparison_operator="GREATER_THAN",
                    threshold=percent,
                    threshold_type="PERCENTAGE",
                    subscriber_sns_topic_arns=[args.topic_arn],
                )
                for kind, percent in NOTIFICATIONS.items()
            ],
            tags=args.naming.tags("monthly"),
            opts=ResourceOptions(parent=self),
        )
        self.register_outputs({})
