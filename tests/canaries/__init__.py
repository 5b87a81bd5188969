"""A unique marker in every protected field, and where none of them may be."""
