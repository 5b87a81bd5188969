"""The published language: what crosses the border between services, one file per publisher.

Codes and pseudonyms only (design, section 4). An older reader must survive every change: fields
are added with a default, never renamed, and a new meaning gets a new version of the type. A code
added to a list is such a new meaning: readers refuse codes that they do not know.

`schemas/` is made from these files by `make contracts`, for readers who are not written in Python;
`make check` refuses a change that a reader, old or new, would not survive.
"""
