"""The demo shop in a real browser, against the platform as `make up` starts it."""
