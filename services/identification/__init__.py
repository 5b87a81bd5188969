"""identification: contacts, the case, consent, identity, status, and every disclosure.

Publishes `staffetta.identification.events` (cases opened, consent given and withdrawn) and one
contribution per case to `staffetta.statistics.contributions`. Hears custody changes and
acknowledgements from `referral`, programme closures and acknowledgements from `assistance`.
"""
