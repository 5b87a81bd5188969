"""Anything that the OpenAPI documents allow, and much that they do not, is sent to each service."""
