"""Everything held about a person, of all services, in one document for themselves."""
