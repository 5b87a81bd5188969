"""Paging by cursor."""
