"""Bodies that cannot be read: too large, broken, deep, of another kind."""
