"""`python -m staffetta` is the same command line."""

from staffetta.cli import main

main()
