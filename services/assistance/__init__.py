"""assistance: programmes, their plans, the services delivered, and how each programme ended.

Publishes `staffetta.assistance.events` (programmes closed, withdrawals acknowledged). Hears
completed handovers and the organisations' kinds from `referral`, and consents and their ends from
`identification`.
"""
