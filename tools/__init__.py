"""What developers run: documents and kept figures brought up to date, mechanisms measured, unknowns screened.

Not packaged. `python -m tools.generate`, `python -m tools.mechanisms`, `python -m tools.screening`.
"""
