"""What the trace of `referral` says: a file for each language, with the same sentences."""
