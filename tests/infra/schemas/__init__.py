"""AWS's own resource schemas, as cfn-lint has them, applied to what the program plans.

`planned.py` judges a manifest, `rows.py` says which CloudFormation type each resource is, `conversion.py` how its
values get there.
"""
