"""A stand-in for Netlify: its API on this machine, as far as the platform uses it. So far that is DNS."""
