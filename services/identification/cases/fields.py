"""The forms of what commands about a case carry."""

from typing import Annotated

from pydantic import Field, StringConstraints

from shared.codes import DataCategory

ContactId = Annotated[str, StringConstraints(pattern=r"^contact-[0-9a-f]{32}$")]
ConsentId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
OrganisationId = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)
]
OperatorId = Annotated[
    str, StringConstraints(pattern=r"^op-[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)
]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Categories = Annotated[tuple[DataCategory, ...], Field(min_length=1, max_length=4)]
