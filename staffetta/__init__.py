"""The command line, and all four services in one process: the only place that knows all four."""
