"""Stores saved while they serve, brought back whole, and what a service lost by an older backup."""
