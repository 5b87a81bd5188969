"""Event store, outbox, inbox, timers: how a decision becomes a fact. Knows no domain word."""
