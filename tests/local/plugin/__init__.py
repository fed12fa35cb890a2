"""The plugins as Pulumi's engine asks them."""
