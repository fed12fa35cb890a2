"""A stand-in for Netlify: its API on this machine, as far as the platform uses it: DNS, and sites with their builds."""
