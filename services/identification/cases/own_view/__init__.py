"""Everything held about a person, printed for themselves."""
