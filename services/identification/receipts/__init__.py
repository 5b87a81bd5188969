"""The receipt that a person gets of a consent, as JSON and on paper, and the code on it, by which
anybody who holds it sees whether the consent still stands, and nothing else."""
