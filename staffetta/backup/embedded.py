"""The SQLite stores of a data directory: saved together, and brought back together or one."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from shared.runtime.append import instant
from staffetta.backup.manifest import (
    NAME,
    Manifest,
    NotRestorable,
    check_files,
    described,
    read_manifest,
    write_manifest,
)
from staffetta.backup.marking import marking
from staffetta.backup.saving import manifest_of, new_directory, same_keys
from staffetta.backup.sqlite import FILE, copied, frozen, left_over, nobody_uses, prepared, swapped
from staffetta.four import FOUR
from staffetta.installation import now
from staffetta.key_stores import embedded_keys
from staffetta.progress import progress
from staffetta.stores import Unusable, key_file, store_file

SERVICES = {part.name: part.service for part in FOUR}


def save(data: Path, names: Sequence[str], directory: Path) -> dict[str, Manifest]:
    """Save these services as of one moment. Raises `Taken`, `Unusable` or `Uneven`."""
    files = {name: _there(store_file(data, name)) for name in names}
    saved = {}
    with new_directory(directory) as part, ExitStack() as readers:
        frozen_now = frozen(files, readers)
        at = instant(now())
        for name, reader in frozen_now.items():
            own = part / name
            own.mkdir(mode=0o700)
            with progress(name) as show:
                positions = copied(reader, own / FILE, show)
            with closing(embedded_keys(_there(key_file(data, name)))) as keys:
                found = (positions, (described(own / FILE),))
                saved[name] = manifest_of(SERVICES[name], "sqlite", keys, at, found)
            write_manifest(own, saved[name])
    return saved


def bring_back(
    directory: Path, names: Sequence[str], data: Path
) -> Mapping[str, tuple[Manifest, Path | None]]:
    """Put backups in the place of the stores; all are looked through before any is replaced.

    Gives for each what was restored, and where the old store is kept. Raises `NotRestorable`.
    """
    manifests = {name: usable(directory / name, name, data) for name in names}
    for name, manifest in manifests.items():
        with progress(f"{name}: checking") as show:
            check_files(directory / name, manifest, show)
    for name in names:
        nobody_uses(store_file(data, name))
    for left in left_over(data):
        left.unlink()
    at = now()
    parts: dict[str, Path] = {}
    try:
        for name, manifest in manifests.items():
            target = store_file(data, name)
            parts[name] = prepared(directory / name, manifest, target, marking(manifest, at))
        stamp = at.strftime("%Y%m%dT%H%M%S%fZ")
        return {
            name: (manifests[name], swapped(part, store_file(data, name), stamp))
            for name, part in parts.items()
        }
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)


def saved_in(directory: Path) -> list[str]:
    """The services of which a directory holds a backup."""
    return [name for name in SERVICES if (directory / name / NAME).exists()]


def usable(directory: Path, name: str, data: Path) -> Manifest:
    """The manifest of a backup that fits this service, this kind of store and these keys."""
    manifest = read_manifest(directory, name)
    if manifest.store != "sqlite":
        raise NotRestorable(f"{directory} is of PostgreSQL, and goes back into PostgreSQL only")
    file = key_file(data, name)
    if not file.exists():
        raise NotRestorable(
            f"{file} is not there: bring the key file back first, without it nobody can be read"
        )
    with closing(embedded_keys(file)) as keys:
        if not same_keys(keys, manifest):
            raise NotRestorable(f"{directory} belongs to other keys than {file}")
    return manifest


def _there(file: Path) -> Path:
    if not file.exists():
        raise Unusable(file, "it was here and is gone")
    return file
