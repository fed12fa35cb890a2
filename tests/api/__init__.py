"""Tests of the API, over HTTP wherever that is possible."""
