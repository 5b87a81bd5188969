"""Police and courts are shown nothing of the help that a person gets, whatever else they are."""

import pytest

from shared.codes import Role
from tests.assistance.given import CASE
from tests.assistance.hearing import entries
from tests.support.web import Web


@pytest.mark.parametrize("role", [Role.POLICE_OFFICER, Role.JUDICIAL_AUTHORITY])
@pytest.mark.parametrize("what", ["programmes", "trace"])
def test_no_second_role_opens_the_care_record_to_them(web: Web, role: Role, what: str) -> None:
    for organisation, also in (("casa-aperta", Role.PROVIDER_INTAKE), ("regione", Role.AUDITOR)):
        assert web.get(f"/cases/{CASE}/{what}", web.token(organisation, also)).status_code == 200
        refused = web.get(f"/cases/{CASE}/{what}", web.token(organisation, also, role))
        assert refused.status_code == 403
        assert refused.json()["rule"] == "police-and-courts-never-see-the-care-record"
        assert entries(web, CASE)[-1]["kind"] == "refusal"


@pytest.mark.parametrize("role", [Role.POLICE_OFFICER, Role.JUDICIAL_AUTHORITY])
def test_nor_is_the_list_of_programmes_theirs(web: Web, role: Role) -> None:
    assert web.get("/programmes", web.token("regione", Role.COORDINATOR)).json()["items"]
    assert web.get("/programmes", web.token("regione", Role.COORDINATOR, role)).status_code == 403
