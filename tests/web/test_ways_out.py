"""Addresses and methods that do not exist, and faults that nobody foresaw."""
