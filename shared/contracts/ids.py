"""The ids by which public events speak of things. They are random, or the network's own names."""

from typing import Annotated

from pydantic import Field

CaseId = Annotated[
    str, Field(description="The case: one random id, the same in every operational service.")
]
ConsentId = Annotated[str, Field(description="The consent, by the id that identification gave it.")]
ErasureId = Annotated[
    str, Field(description="The request for erasure, by the id that identification gave it.")
]
ReferralId = Annotated[str, Field(description="The referral, by the id that referral gave it.")]
OrganisationId = Annotated[
    str, Field(description="An organisation, by its short name in the network's directory.")
]
