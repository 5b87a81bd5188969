"""Keys and protected fields, the Merkle log, tokens. Imports nothing of the rest of Staffetta."""
