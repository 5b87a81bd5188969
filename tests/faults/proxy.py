"""A TCP proxy that spoils what passes through it: it drops, delays, truncates and resets."""

import asyncio
import random
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

Mood = Literal["pass", "delay", "drop", "truncate", "reset"]
SPOILING: tuple[Mood, ...] = ("delay", "drop", "truncate", "reset")
_CHUNK = 16_384
_DELAY_SECONDS = 0.3
_LOOK_SECONDS = 0.05
_ONE_IN = 4
"""One chunk in so many is where a connection is cut."""


@dataclass
class Proxy:
    """Listens on `port`, and passes on to `target` on loopback. Set `mood` from any thread.

    delay: each chunk comes late. drop: what is sent vanishes and the connection stays, until the
    mood changes and it ends, as when a firewall forgets it. truncate: half a chunk, and the end.
    reset: the connection breaks in the middle. New connections are taken in every mood, and suffer
    the same.
    """

    target: int
    chance: random.Random
    port: int = 0
    mood: Mood = "pass"
    spoiled: int = 0
    """How many chunks were dropped, delayed or cut until now."""
    _open: set[asyncio.Task[None]] = field(default_factory=set)

    async def serve(self, ready: threading.Event, over: asyncio.Event) -> None:
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await over.wait()
        server.close()
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _connected(self, here: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            there, on = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            back.close()
            self._open.discard(task)
            return
        ways = [
            asyncio.ensure_future(self._carry(here, on)),
            asyncio.ensure_future(self._carry(there, back)),
        ]
        try:
            # Either way's end is the end of both.
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            for writer in (on, back):
                self._end(writer)
            self._open.discard(task)

    async def _carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while chunk := await source.read(_CHUNK):
                passed = await self._spoilt(chunk)
                if passed is None:
                    return
                sink.write(passed)
                await sink.drain()
                if len(passed) < len(chunk) and self.mood == "truncate":
                    return

    async def _spoilt(self, chunk: bytes) -> bytes | None:
        """What of it passes; None where the connection ends."""
        if self.mood == "pass":
            return chunk
        cut = self.chance.randrange(_ONE_IN) == 0
        if self.mood in {"truncate", "reset"} and not cut:
            return chunk
        self.spoiled += 1
        if self.mood == "delay":
            await asyncio.sleep(_DELAY_SECONDS)
            return chunk
        if self.mood == "truncate":
            return chunk[: len(chunk) // 2]
        while self.mood == "drop":
            await asyncio.sleep(_LOOK_SECONDS)
        return None

    def _end(self, writer: asyncio.StreamWriter) -> None:
        """With a reset instead of a farewell, where that is the mood."""
        if self.mood == "reset" and (taken := writer.get_extra_info("socket")) is not None:
            with suppress(OSError):
                taken.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.close()


@contextmanager
def proxied(target: int, chance: random.Random) -> Iterator[Proxy]:
    """A proxy in a thread of its own, while this lasts."""
    proxy, ready = Proxy(target, chance), threading.Event()
    loop, over = asyncio.new_event_loop(), asyncio.Event()

    def run() -> None:
        loop.run_until_complete(proxy.serve(ready, over))
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield proxy
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(10)
