"""The HTTP edge: what is turned away at the door, pages, and the OpenAPI document."""
