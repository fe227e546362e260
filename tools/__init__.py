"""What developers run: whatever is generated from the code, brought up to date. Not packaged."""
