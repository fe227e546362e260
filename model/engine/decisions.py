"""Every random decision of the model has its own number, so that no two share a draw.

Numbers are part of the results: changing one moves every figure, so new decisions go at the end.
A decision that is made once per leg of a journey adds the leg to its number (`CROSSING_*` leave
room for 16).
"""

# A person at home
LEAVE = 1  # the moment of leaving home
TRAITS = 2  # + 0..7: one draw a trait
# A seeker
WAY_LEGAL = 11
WAY_SMUGGLER = 12
WAY_OFFER = 13
PARTY = 14  # identity of a party that splits off
MEETS_RECRUITER = 15
# A recruiter's choices for a recruit
ROUTE = 20
PAPERS = 21
VENUE = 22
TREATMENT = 23
CONSUL = 24
# A smuggled person
SMUGGLED_TO = 30
SMUGGLED_DEBT = 31
SMUGGLED_TRAPPED = 32
# At a crossing, + leg
CROSSING_MEETS = 64
CROSSING_INSPECTED = 80
CROSSING_BRIBE = 96
# In exploitation
FOUND = 130
FOUND_HOW = 131
GETS_OUT = 132
RAID_MEETS = 133
RAID_BRIBE = 134
CELL_BREAKS = 135
LOOKED_AT = 136  # the next month in which something may happen
# Identified
OFFICIAL_MET = 140
RECOGNISED = 141
TREATED_AS_OFFENDER = 142
REFERRED = 143
ACCEPTS = 144
PLACE_ORDER = 145
REGISTERED = 146
TO_POLICE = 147
TESTIFIES = 148
# At home again
HOME_HELP = 150
HOME_ACCEPTS = 151
HOME_REGISTERED = 152
SETTLES = 153
RETURN_ENDS = 154
# A recruiter
CHANNEL = 170
CELLS_START = 171
ARREST = 180
RESUMES = 181
STOPS = 182
STARTS = 183
SENTENCE_ENDS = 184
PROSECUTOR = 185
CASE_DROPPED = 186
# An official
INTEGRITY = 190
CAPTURED = 191
RELEASED = 192
INVESTIGATED = 193
DISMISSED = 194
TRAINED = 195
# Those of a pool who hired a smuggler (`crowds.py`): by pool, route (+ leg, room for 16), border and official (+ way)
CROWD_STOPPED = 200
CROWD_TRAPPED = 201
CROWD_ARRIVES = 202
CROWD_BRIBES = 204
CROWD_PAYS = 206
CROWD_STOPPED_AT = 208
# Reported by whoever recognised the person (`reporting.py`)
INSPECTORS = 230
REPORTED = 231
REPORTED_BY_CARE = 232
REPORTED_BY_SHELTER = 233
COVERED = 234
