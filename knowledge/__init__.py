"""What the desk knows: facts, criteria, catalogue, matching, search, understanding, geography.

Pure: no clock, network, database, async, logging or randomness; `today` is an argument.
"""
