"""Code lists: the words that may cross every border, each with its source. Knows no service."""

from shared.codes.area import Area
from shared.codes.channel import Channel
from shared.codes.citizenship import COUNTRIES, CitizenshipGroup, citizenship_group
from shared.codes.consent import (
    ConsentEnd,
    ConsentForm,
    ConsentGiver,
    DataCategory,
    HolderAction,
    InterpreterMode,
    Purpose,
)
from shared.codes.erasure import ErasureGround
from shared.codes.exploitation import ExploitationType, exploitation_key, exploitation_types
from shared.codes.labelled import LabelledCode
from shared.codes.language import LanguageTag
from shared.codes.organisation import OrganisationKind, Role
from shared.codes.person import AgeGroup, Gender
from shared.codes.referral import DeclineReason
from shared.codes.service import DELIVERED, ServiceType
from shared.codes.status import ClosureKind, StatusDetermination

CODE_LISTS: tuple[type[LabelledCode], ...] = tuple(LabelledCode.__subclasses__())

__all__ = [
    "CODE_LISTS",
    "COUNTRIES",
    "DELIVERED",
    "AgeGroup",
    "Area",
    "Channel",
    "CitizenshipGroup",
    "ClosureKind",
    "ConsentEnd",
    "ConsentForm",
    "ConsentGiver",
    "DataCategory",
    "DeclineReason",
    "ErasureGround",
    "ExploitationType",
    "Gender",
    "HolderAction",
    "InterpreterMode",
    "LabelledCode",
    "LanguageTag",
    "OrganisationKind",
    "Purpose",
    "Role",
    "ServiceType",
    "StatusDetermination",
    "citizenship_group",
    "exploitation_key",
    "exploitation_types",
]
