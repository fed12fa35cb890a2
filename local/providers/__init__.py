"""What each Pulumi resource type does on this machine.

A type is a row in the file of its AWS service (`ec2.py`, `ecs.py`, ...): data, which `aws_resource.py` carries out
through boto3 on the AWS emulator. To add a type, add its row; to add a service, list its `ROWS` in `provider.py`.
A type that moto lacks stands in `recorded.py`; one that really behaves derives from `AwsResource`. Stripe's types are
rows of their own, in `stripe.py`, carried out on the Stripe stand-in; types that the program implements itself are in
`dynamic.py`.
"""

from local.providers.errors import ProviderError
from local.providers.naming import takes_the_name
from local.providers.provider import KINDS, Providers
from local.providers.resource import Diff, Resource, Surroundings

__all__ = ["KINDS", "Diff", "ProviderError", "Providers", "Resource", "Surroundings", "takes_the_name"]
