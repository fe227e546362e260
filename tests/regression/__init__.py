"""Kept figures: they say that something moved, not what is right; `python -m tools.generate` renews them."""
