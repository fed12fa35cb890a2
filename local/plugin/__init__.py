"""The local providers as Pulumi's engine sees them: plugins that speak its protocol.

The engine starts one executable for each package that the program uses (`local.plugin.project` writes them). Each
answers for the types of its package with what `local.providers` does; the one of awsx registers the children that
`render` knows of.
"""
