"""The OpenAPI documents of the four services."""
