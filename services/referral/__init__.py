"""referral: the directory of organisations, their services and places; referrals and custody.

Publishes `staffetta.referral.events` (handovers completed, withdrawals acknowledged). Hears cases
opened, consent given and withdrawn from `identification`, programme closures from `assistance`.
"""
