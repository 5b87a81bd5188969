"""The rules of `identification`, and the whole service over HTTP."""
