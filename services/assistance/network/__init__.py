"""What assistance knows of the network: each organisation's kind, as the directory told it."""
