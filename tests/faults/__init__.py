"""Faults that are really inflicted, and a checker that reads every store afterwards."""
