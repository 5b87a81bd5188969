"""Who may do what, in Cedar: one file for each role, and the schema of the words they use."""
