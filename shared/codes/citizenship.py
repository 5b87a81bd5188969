"""Citizenship: a country's code where the case is, a group of countries where it is counted.

Sources: ISO 3166-1 alpha-2 for countries; UN M49 regions for groups; Treaty on European Union,
art. 52, for the member states (27 in 2026), which are a group whatever their region. A territory
stands in its own M49 region, though its people may be citizens of the state it belongs to: record
that state. M49 leaves out Taiwan, which stands with its neighbours in Asia here, and gives
Antarctica no region; it has no citizens.
"""

from collections.abc import Mapping

from shared.codes.labelled import LabelledCode


class CitizenshipGroup(LabelledCode):
    EU = "eu", "European Union"
    OTHER_EUROPE = "other-europe", "Europe outside the European Union"
    AFRICA = "africa", "Africa"
    ASIA = "asia", "Asia"
    AMERICAS = "americas", "Americas"
    OCEANIA = "oceania", "Oceania"
    STATELESS = "stateless", "Stateless"
    UNKNOWN = "unknown", "Unknown"


_ISO_3166_1 = {
    CitizenshipGroup.EU: (
        "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
    ),
    CitizenshipGroup.OTHER_EUROPE: (
        "AD AL AX BA BY CH FO GB GG GI IM IS JE LI MC MD ME MK NO RS RU SJ SM UA VA"
    ),
    CitizenshipGroup.AFRICA: (
        "AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ GW IO KE KM LR LS LY MA "
        "MG ML MR MU MW MZ NA NE NG RE RW SC SD SH SL SN SO SS ST SZ TD TF TG TN TZ UG YT ZA ZM ZW"
    ),
    CitizenshipGroup.ASIA: (
        "AE AF AM AZ BD BH BN BT CN GE HK ID IL IN IQ IR JO JP KG KH KP KR KW KZ LA LB LK MM MN MO "
        "MV MY NP OM PH PK PS QA SA SG SY TH TJ TL TM TR TW UZ VN YE"
    ),
    CitizenshipGroup.AMERICAS: (
        "AG AI AR AW BB BL BM BO BQ BR BS BV BZ CA CL CO CR CU CW DM DO EC FK GD GF GL GP GS GT GY "
        "HN HT JM KN KY LC MF MQ MS MX NI PA PE PM PR PY SR SV SX TC TT US UY VC VE VG VI"
    ),
    CitizenshipGroup.OCEANIA: (
        "AS AU CC CK CX FJ FM GU HM KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TO TV UM VU WF WS"
    ),
    CitizenshipGroup.UNKNOWN: "AQ",
}

COUNTRIES: Mapping[str, CitizenshipGroup] = {
    country: group for group, countries in _ISO_3166_1.items() for country in countries.split()
}

KOSOVO, STATELESS, UNKNOWN = "XK", "XS", "XX"

USER_ASSIGNED: Mapping[str, CitizenshipGroup] = {
    KOSOVO: CitizenshipGroup.OTHER_EUROPE,
    STATELESS: CitizenshipGroup.STATELESS,
    UNKNOWN: CitizenshipGroup.UNKNOWN,
}
"""From the range XA-XZ that ISO 3166-1 leaves to its users. XK is the European Union's choice
(Interinstitutional Style Guide); XS and XX are Staffetta's."""


def citizenship_group(code: str) -> CitizenshipGroup:
    """The group of a country's code. Raises ValueError, which never repeats the code."""
    group = COUNTRIES.get(code) or USER_ASSIGNED.get(code)
    if group is None:
        raise ValueError("not an alpha-2 code of ISO 3166-1, nor XK, XS (stateless), XX (unknown)")
    return group
