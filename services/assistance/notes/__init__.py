"""What was noted about a person: opened for themselves, or for another under a consent."""
