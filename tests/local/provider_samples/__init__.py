"""One or more resources of every type, in the order in which they depend on each other."""

from tests.local.provider_samples import (
    billing,
    buckets,
    certificates,
    data,
    firewall,
    images,
    keys,
    network,
    service,
    watching,
)
from tests.local.provider_samples.sample import Sample, resolved

__all__ = ["SAMPLES", "Sample", "resolved"]

SAMPLES = (
    keys.SAMPLES
    | network.SAMPLES
    | data.SAMPLES
    | images.SAMPLES
    | certificates.SAMPLES
    | buckets.SAMPLES
    | service.SAMPLES
    | firewall.SAMPLES
    | watching.SAMPLES
    | billing.SAMPLES
)
