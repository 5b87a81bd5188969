"""One service's PostgreSQL: saved and brought back, as its environment describes it."""

from contextlib import closing
from pathlib import Path

from shared.runtime.append import instant
from shared.runtime.recorders import postgres_recorder
from shared.runtime.store import Store
from staffetta.at_scale.keys import gone, keys_of
from staffetta.at_scale.settings import StoreSettings
from staffetta.backup.embedded import SERVICES
from staffetta.backup.manifest import (
    Manifest,
    NotRestorable,
    check_files,
    read_manifest,
    write_manifest,
)
from staffetta.backup.marking import marking
from staffetta.backup.postgres import exported, imported
from staffetta.backup.saving import manifest_of, new_directory, same_keys
from staffetta.installation import now
from staffetta.progress import progress
from staffetta.stores import Unusable


def save(settings: StoreSettings, directory: Path) -> Manifest:
    """Save the service's database. Raises `Taken`, `Unusable` or `Uneven`."""
    service = SERVICES[settings.service]
    if gone(settings, ""):
        raise Unusable(_where(settings), "it is not there")
    with new_directory(directory) as part, closing(keys_of(settings)) as keys:
        own = part / service.name
        own.mkdir(mode=0o700)
        at = instant(now())
        with progress(service.name) as show:
            found = exported(settings.database, service, own, show)
        manifest = manifest_of(service, "postgresql", keys, at, found)
        write_manifest(own, manifest)
    return manifest


def bring_back(directory: Path, settings: StoreSettings) -> tuple[Manifest, str]:
    """Put the backup in the place of what is in the database; what was there goes to a schema
    whose name is given (empty: nothing was there). Raises `NotRestorable` or `InUse`."""
    source, where = directory / settings.service, _where(settings)
    manifest = read_manifest(source, settings.service)
    if manifest.store != "postgresql":
        raise NotRestorable(f"{source} is of SQLite, and goes back into SQLite only")
    if gone(settings, ""):
        raise NotRestorable(
            f"{where} is not there: bring the keys back first, without them nobody can be read"
        )
    with closing(keys_of(settings)) as keys:
        if not same_keys(keys, manifest):
            raise NotRestorable(f"{source} belongs to other keys than {where}")
        with progress(f"{settings.service}: checking") as show:
            check_files(source, manifest, show)
        recorder = postgres_recorder(settings.database)
        store = Store(SERVICES[settings.service], recorder, keys)
        mark = marking(manifest, now())
        return manifest, imported(settings.database, store, source, manifest, mark)


def _where(settings: StoreSettings) -> Path:
    """The key file; or the name of the setting, whose value is a secret."""
    return Path("STAFFETTA_KEY_DATABASE") if settings.key_database else settings.key_file
