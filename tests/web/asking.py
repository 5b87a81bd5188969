"""What the tests of the edge send, and how a refusal must look."""
