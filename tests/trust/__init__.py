"""Keys, protected fields, tokens, leaves and pseudonyms."""
