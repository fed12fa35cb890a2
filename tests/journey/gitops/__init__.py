"""The way of a change, offline: the jobs of the real workflows, and GitHub, Netlify, Stripe and AWS around them."""
