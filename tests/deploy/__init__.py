"""What `deploy/` describes, held against what really runs."""
