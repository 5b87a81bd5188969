"""The audit log for those outside: exported whole, and verified by whoever has nothing else."""
