"""The audit log exported, and verified by whoever has nothing else."""
