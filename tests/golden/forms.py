"""Today's forms, the committed ones, and the writing of what is missing."""

import importlib
import json
import pkgutil
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import shared.contracts
from shared.contracts.envelope import Contract
from shared.runtime.facts import Recorded
from shared.runtime.store import Service
from tests.golden.samples import MOMENT, sample

HERE = Path(__file__).parent
Form = dict[str, Any]


def stored_today(services: Sequence[Service]) -> Mapping[str, Form]:
    """Stored name -> the JSON in which one sample of it is stored."""
    return {
        name: json.loads(
            service.names.store(Recorded("stream", 1, sample(fact), MOMENT, "op-1", "desk")).state
        )
        for service in services
        for name, fact in service.names.facts.items()
    }


def public_today() -> Mapping[str, Form]:
    """Type -> the JSON of one sample of each contract that there is."""
    return {kind: sample(told).model_dump(mode="json") for kind, told in contracts().items()}


def contracts() -> Mapping[str, type[Contract]]:
    """Every contract, by its type: whatever stands in a file of the published language."""
    files = [
        importlib.import_module(f"{shared.contracts.__name__}.{found.name}")
        for found in pkgutil.iter_modules(shared.contracts.__path__)
    ]
    return {
        told.type: told
        for file in files
        for told in vars(file).values()
        if isinstance(told, type) and issubclass(told, Contract) and told is not Contract
    }


def committed(folder: Path) -> Mapping[str, Sequence[Form]]:
    """Name -> its committed forms, oldest first."""
    found: dict[str, dict[int, Form]] = {}
    for path in folder.glob("*.json"):
        name, number = _parted(path.name)
        found.setdefault(name, {})[number] = json.loads(path.read_text())
    return {name: [forms[number] for number in sorted(forms)] for name, forms in found.items()}


def _parted(file: str) -> tuple[str, int]:
    """`case.opened.v1.2.json` is the second form of `case.opened.v1`."""
    name = file.removesuffix(".json")
    further = re.fullmatch(r"(.+\.v\d+)\.(\d+)", name)
    return (further[1], int(further[2])) if further else (name, 1)


def has_only_grown(older: Form, newer: Form) -> bool:
    """Every field of the older form is in the newer one, with the same value."""
    return all(
        name in newer
        and (
            has_only_grown(value, newer[name])
            if isinstance(value, dict) and isinstance(newer[name], dict)
            else newer[name] == value
        )
        for name, value in older.items()
    )


def write_missing(folder: Path, today: Mapping[str, Form]) -> Iterator[Path]:
    """Write the first form of what is new, and a further form of what has grown. Nothing else."""
    folder.mkdir(exist_ok=True)
    known = committed(folder)
    for name, form in sorted(today.items()):
        forms = known.get(name, [])
        if forms and (forms[-1] == form or not has_only_grown(forms[-1], form)):
            continue
        number = len(forms) + 1
        path = folder / (f"{name}.json" if number == 1 else f"{name}.{number}.json")
        with path.open("x") as file:
            file.write(json.dumps(form, indent=2) + "\n")
        yield path


def add_names(path: Path, services: Sequence[Service]) -> list[str]:
    """Add the stored names that are not listed yet; none is ever taken out."""
    listed = names_listed(path)
    new = [
        name
        for service in services
        for name in service.names.facts
        if name not in listed.get(service.name, [])
    ]
    for service in services:
        listed[service.name] = sorted({*listed.get(service.name, []), *service.names.facts})
    if new:
        path.write_text(json.dumps(listed, indent=2, sort_keys=True) + "\n")
    return new


def names_listed(path: Path) -> dict[str, list[str]]:
    """Service -> its stored names, as committed."""
    listed: dict[str, list[str]] = json.loads(path.read_text()) if path.exists() else {}
    return listed
