"""What waits for the coordinator: raised and settled by facts of whichever feature it concerns.

Alarms have no stream of their own. A feature's fact writes a row by `raised` and closes it by
`settled`; the list is the same for all.
"""
