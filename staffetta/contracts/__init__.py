"""The published language in other people's notations: JSON Schema and AsyncAPI.

`write` makes `shared/contracts/schemas/` from the contracts; `check` says whether it is up to date
and whether every reader, old or new, would survive what changed.
"""
