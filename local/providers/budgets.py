"""Budgets: aws:budgets/budget:Budget. The emulator keeps them; nothing costs anything there."""

from typing import Any

from local.providers.naming import Named
from local.providers.renewed import Renewed
from local.providers.resource import Kind, World
from local.providers.rows import TAGS, Call, Read, Row, Service, Update

_SUBSCRIBERS = {"subscriberSnsTopicArns": "SNS", "subscriberEmailAddresses": "EMAIL"}
_NOTIFICATION = ("comparisonOperator", "notificationType", "threshold", "thresholdType")


class Budget(Renewed):
    """A budget, which AWS wants with its account, and its filters and subscribers in another shape."""

    def sent(self, world: World, properties: dict[str, Any]) -> dict[str, Any]:
        """Return filters by name, and each notification's subscribers as one list."""
        shaped: dict[str, Any] = {"accountId": world.aws.account}
        if filters := properties.get("costFilters"):
            shaped["costFilters"] = {one["name"]: one["values"] for one in filters}
        if notifications := properties.get("notifications"):
            shaped["notifications"] = [_with_subscribers(one) for one in notifications]
        return {**properties, **shaped}


def _with_subscribers(notification: dict[str, Any]) -> dict[str, Any]:
    subscribers = [
        {"subscriptionType": kind, "address": address}
        for name, kind in _SUBSCRIBERS.items()
        for address in notification.get(name) or []
    ]
    return {"subscribers": subscribers, **{k: v for k, v in notification.items() if k not in _SUBSCRIBERS}}


ROWS: dict[str, Row | Kind] = {
    # moto has no UpdateBudget and no tags of budgets, and does not tell the subscribers of a notification.
    "aws:budgets/budget:Budget": Budget(
        Row(
            service=Service("budgets"),
            create=Call("create_budget"),
            id="join(':', [account, name])",
            outputs={
                "accountId": "account",
                "arn": "join('', ['arn:aws:budgets::', account, ':budget/', name])",
            },
            names={
                "name": "Budget.BudgetName",
                "budgetType": "Budget.BudgetType",
                "timeUnit": "Budget.TimeUnit",
                "limitAmount": "Budget.BudgetLimit.Amount",
                "limitUnit": "Budget.BudgetLimit.Unit",
                "costFilters": "Budget.CostFilters",
                "notifications": "NotificationsWithSubscribers",
                **{f"notifications.{name}": f"Notification.{name}" for name in _NOTIFICATION},
            },
            key={"AccountId": "accountId", "BudgetName": "name"},
            read=Read(
                Call("describe_budget"),
                {
                    "budgetType": "BudgetType",
                    "timeUnit": "TimeUnit",
                    "limitAmount": "BudgetLimit.Amount",
                    "limitUnit": "BudgetLimit.Unit",
                    "costFilters": "listed(CostFilters, 'name', 'values')",
                },
                "Budget",
            ),
            updates=(Update((Call("create_budget"),), whole=True),),
            replaces={"name", "namePrefix", "accountId"},
            delete=(Call("delete_budget"),),
            recorded={TAGS},
            named=Named(most=100),
        )
    ),
}
