"""Parties, pools, homes and bookkeeping, worked out by hand."""
