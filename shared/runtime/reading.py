"""The one read that every list makes: a page of a read table in order of its key."""

from shared.runtime.store import Row, Store


def rows_after(store: Store, table: str, after: str, limit: int, **only: str | None) -> list[Row]:
    """Up to `limit + 1` rows above the key `after`, so that the page knows whether more follow.

    `only` names columns and what they must equal; None lets every value pass. Table and columns are
    the caller's own words, never a request's.
    """
    wanted = {column: value for column, value in only.items() if value is not None}
    where = "".join(f"{column} = ? AND " for column in wanted)
    sql = f"SELECT * FROM {table} WHERE {where}key > ? ORDER BY key LIMIT ?"  # noqa: S608  # see above
    return store.rows(sql, (*wanted.values(), after, limit + 1))
