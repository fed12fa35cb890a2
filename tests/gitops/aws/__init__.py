"""Asking AWS: how often, what its refusals mean, and a task beside the service."""
