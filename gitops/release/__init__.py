"""A release: from an approved commit to an environment that is proven to run it, and back when it does not."""
