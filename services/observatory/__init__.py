"""observatory: facts without persons, and the counts that may be shown of them.

Hears contributions on `staffetta.statistics.contributions` from `identification`, and nothing
else. Publishes nothing yet.
"""
