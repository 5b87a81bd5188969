"""`staffetta witness`: an agency outside the network that watches the audit logs, with a key and a
directory of its own."""
