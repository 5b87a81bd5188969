"""A contact: the first time that somebody of the network hears of a person."""
