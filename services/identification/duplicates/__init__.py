"""Whether somebody may be known already: found by keyed likenesses, decided by people.

Offered, never merged. What is searched is what the case itself has recorded, so that nothing can be
asked about somebody who is in no case of one's own.
"""
