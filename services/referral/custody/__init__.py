"""Referrals and custody of one case, in the case's own stream: one custodian at any moment."""
