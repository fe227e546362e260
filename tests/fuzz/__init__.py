"""Fuzzing of every reader: `python -m tests.fuzz --inputs 20000 --seed 1`.

targets.py    entry points, bytes in: the product's readers, and what must hold of what they say
mutate.py     valid files made invalid in the ways in which files go wrong, and raw bytes
drive.py      what one engine did: counts, slowest input, memory, failures kept as files
__main__.py   the command: Hypothesis and Atheris over every kind, each in a process of its own
"""
