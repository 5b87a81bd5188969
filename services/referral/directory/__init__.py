"""The directory: who offers which service, how fast they answer, and how many places are free."""
