"""What a user does: commands, folders, faults, browsers and engines, as they are installed."""
