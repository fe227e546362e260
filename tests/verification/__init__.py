"""Whole worlds against what must hold in all of them: arithmetic, conservation, limits, the same digits everywhere."""
