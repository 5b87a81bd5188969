"""A person is forgotten, in all four services and on both kinds of store."""
