"""The published language: what crosses the border between services, one file per publisher.

Codes and pseudonyms only (design, section 4). An older reader must survive every change: fields
are added with a default, never renamed, and a new meaning gets a new version of the type.
"""
