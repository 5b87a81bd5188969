"""Access tokens of an OpenID provider: its keys by discovery, its claims as who acts."""
