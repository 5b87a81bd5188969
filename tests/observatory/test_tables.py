"""Whatever was contributed, and whatever is asked: right counts, and no small cell."""

from collections import Counter
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from services.observatory.app import SERVICE, app
from services.observatory.queries import Dimension
from shared.codes import Role
from tests.observatory.given import CODES, hear_people
from tests.support.web import serve

people = st.fixed_dictionaries(
    {
        "month": st.sampled_from(["2025-12", "2026-01", "2026-03"]),
        "gender": st.sampled_from(["female", "male"]),
        "area": st.sampled_from(["IT-BO", "IT-RA"]),
    }
)
QUARTERS = {"2025-12": "2025-Q4", "2026-01": "2026-Q1", "2026-03": "2026-Q1"}


@settings(max_examples=25, deadline=None)
@given(
    st.lists(people, max_size=12),
    st.lists(st.lists(st.sampled_from(sorted(Dimension)), unique=True), min_size=1, max_size=4),
)
def test_a_table_is_right_and_whole_or_it_is_not_served(
    contributed: list[dict[str, str]], tables: list[list[Dimension]]
) -> None:
    facts = [CODES | codes | {"quarter": QUARTERS[codes["month"]]} for codes in contributed]
    with TemporaryDirectory() as directory:
        web = serve("sqlite", SERVICE, partial(app, threshold=2), Path(directory))
        for number, codes in enumerate(contributed):
            hear_people(web.store, number, 1, **codes)
        analyst = web.token("osservatorio", Role.ANALYST)
        for by in tables:
            expected = Counter(tuple(fact[name] for name in by) for fact in facts)
            answer = web.get("/counts?" + "&".join(f"by={name}" for name in by), analyst)
            if 1 in expected.values():
                assert answer.status_code == 403
            else:
                cells = answer.json()["cells"]
                told = {tuple(cell[name] for name in by): cell["people"] for cell in cells}
                assert told == dict(expected)
        web.store.close()
