"""The API's image on this machine: built, pushed to a registry, pulled by digest, and run from its own files."""
