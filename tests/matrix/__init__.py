"""Who may do what, asked of the services themselves: every role, every command and query, about a
case of one's own, and about another organisation's with consent and without."""
