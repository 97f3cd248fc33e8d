"""What a month that has passed would have been under other settings: read from the journal, judged by the guards.

Nothing is written. `history` rebuilds each visit as it stood after each of its entries, `months` reads a month with
all that guards look at, `questions` counts what would have gone or been refused.
"""
