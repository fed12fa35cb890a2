"""One or more resources of every type, in the order in which they depend on each other."""

from tests.local.provider_samples import billing, data, keys, network, service
from tests.local.provider_samples.sample import Sample, resolved

__all__ = ["SAMPLES", "Sample", "resolved"]

SAMPLES = keys.SAMPLES | network.SAMPLES | data.SAMPLES | service.SAMPLES | billing.SAMPLES
