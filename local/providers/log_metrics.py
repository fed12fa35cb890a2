"""Metric filters: aws:cloudwatch/logMetricFilter:LogMetricFilter. The emulator keeps them, and counts nothing."""

from local.providers.naming import Named
from local.providers.renewed import Renewed
from local.providers.resource import Kind
from local.providers.rows import Call, Read, Row, Service, Update

ROWS: dict[str, Row | Kind] = {
    # moto keeps the old filter beside a changed one of the same name.
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": Renewed(
        Row(
            service=Service("logs"),
            create=Call("put_metric_filter"),
            id="name",
            names={
                "name": "filterName",
                "pattern": "filterPattern",
                "metricTransformation": "metricTransformations",
                "metricTransformation.name": "metricName",
                "metricTransformation.namespace": "metricNamespace",
                "metricTransformation.value": "metricValue",
            },
            key={"logGroupName": "logGroupName", "filterName": "name"},
            read=Read(
                Call("describe_metric_filters", {"filterNamePrefix": "name"}),
                {
                    "pattern": "filterPattern",
                    "metricTransformation": "metricTransformations[0].{"
                    "name: metricName, namespace: metricNamespace, value: metricValue, "
                    "defaultValue: defaultValue, dimensions: dimensions, unit: unit}",
                },
                "where(metricFilters, 'filterName', name)",
            ),
            updates=(Update((Call("put_metric_filter"),), whole=True),),
            replaces={"name", "logGroupName"},
            delete=(Call("delete_metric_filter"),),
            named=Named(most=512),
        )
    ),
}
