"""The Stripe of the local platform: a server that keeps state and behaves as Stripe's test mode does.

It speaks one API version, takes test keys only, and never reaches the network: `python -m local.stripe`, or
`local.stripe.stand_in.StandIn` inside of a test.

How a request travels: `server` (HTTP, faults) -> `api` (keys, version, idempotency, one transaction) -> an operation of
`catalog` (a table for each resource) -> `store`. What time does is in `billing`, what receivers get in `courier`, what
tests turn in `control` and `stand_in`.
"""
