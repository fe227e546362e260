"""Every rule of a life by itself: what it does in a world of a few rows (`tests/hand.py`), worked out by hand."""
