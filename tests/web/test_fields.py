"""Fields that are not what is needed."""
