"""The HTTP edge, the same for every service: problems, calls, paging, limits."""
