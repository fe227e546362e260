"""The verdict: which explanation accounts for an observed table, how sure one can be, what the hidden flow was."""
