"""assistance: programmes, their plans, the services delivered, and how each programme ended.

Publishes `staffetta.assistance.events` (programmes closed, withdrawals acknowledged). Hears
completed handovers from `referral`, and withdrawals of consent from `identification`.
"""
