"""Multiple systems estimation: how many were never on any list, from how lists overlap."""
