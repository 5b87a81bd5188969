"""What identification knows of the network: each organisation's kind, as the directory told it,
and the time that the network gives its members to acknowledge the end of a consent."""
