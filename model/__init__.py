"""What the world is: migrants, recruiters, officials and NGOs under push, pull and corruption.

`month.py` is the schedule of a month, `phases/` its parts; `lives/` what each kind of agent does in it; `country/`
what a country remembers; `engine/` how it is computed; `assumed/` parameters, mechanisms and scenarios;
`known/` what a region's files say; `files/` how files are read. Nothing here knows of experiments.
"""
