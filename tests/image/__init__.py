"""The built image itself, as `make image` runs these tests: they take a minute, and buildah or Docker."""
