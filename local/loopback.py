"""Requests that stay on this machine."""

import requests


def direct_session() -> requests.Session:
    """A session that goes past any proxy of the environment: loopback is no proxy's business."""
    session = requests.Session()
    session.trust_env = False
    return session
