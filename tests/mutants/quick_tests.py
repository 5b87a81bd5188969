"""A plugin of pytest: the quick tests, the quickest first, for the first that fails ends a mutant.

Left out is what runs on a store, but for the inbox, and there but for PostgreSQL.
"""

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = [item for item in items if not _is_quick(item)]
    config.hook.pytest_deselected(items=left_out)
    quick = [item for item in items if _is_quick(item)]
    items[:] = sorted(quick, key=lambda item: (_tries_many_examples(item), item.nodeid))


def _is_quick(item: pytest.Item) -> bool:
    if not isinstance(item, pytest.Function):
        return False
    of_the_inbox = item.nodeid.startswith("tests/wire/") and "[postgres" not in item.nodeid
    return of_the_inbox or "tmp_path" not in item.fixturenames


def _tries_many_examples(item: pytest.Item) -> bool:
    """Whether it stands in a file of histories: what is searched there without Hypothesis' mark
    takes as long."""
    names = vars(item.module).values() if isinstance(item, pytest.Function) else ()
    return any(hasattr(name, "hypothesis") for name in names)
