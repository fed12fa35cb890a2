"""Tests of the demo shop's site."""
