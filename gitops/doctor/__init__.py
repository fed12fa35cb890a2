"""Whether an AWS account is what `bootstrap/account.yaml` makes of it; reads, and changes nothing.

The template itself is what is expected: `template` computes it for an account, `kinds` says how each property of a
resource is read at AWS, `comparison` puts both side by side. A check of something else is a function that yields rows,
and a line in `examination.CHECKS`.
"""
