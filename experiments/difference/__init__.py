"""What differs between two result folders: in code, in settings, and in numbers."""
