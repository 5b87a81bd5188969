"""The service that the tests of the edge speak to."""
