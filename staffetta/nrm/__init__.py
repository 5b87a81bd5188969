"""The published statistics of the United Kingdom's National Referral Mechanism, read strictly.

Source: Home Office, National Referral Mechanism and Duty to Notify statistics, quarterly tables as
CSV with one row for each combination of categories. Pure: nothing here stores anything.
"""
