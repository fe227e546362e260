"""What developers run: documents and kept figures brought up to date, mechanisms measured, unknowns screened, tests
tried.

Not packaged. `python -m tools.generate`, `python -m tools.mechanisms`, `python -m tools.screening`,
`python -m tools.mutants`.
"""
