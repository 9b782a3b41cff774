"""Can a token be taken back, and is it then worth nothing anywhere: not for a command, a query, a stream, a page?"""

from shared.edge.feed import STREAM
from shared.service.tables import Role
from tests.edge.door import AN_ORGANISATION, Door

LOG = "/actors/log"


def bearing(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_token_that_leaked_ends_when_it_is_taken_back(door: Door) -> None:
    leaked, other = door.token(Role.COORDINATOR), door.token(Role.COORDINATOR)
    assert door.get("/actors/persons", headers=bearing(leaked)).status_code == 200
    issuer = door.instance.issuer
    assert issuer.taken_back is not None
    issuer.taken_back.take_back_token(issuer.verify(leaked).token_id)
    assert door.get("/actors/persons", headers=bearing(leaked)).status_code == 401
    assert door.get("/marketplace/offers", headers=bearing(leaked)).status_code == 401
    answer = door.ask("POST", "/actors/organisations", headers=bearing(leaked), json=AN_ORGANISATION)
    assert answer.status_code == 401
    assert door.get("/actors/persons", headers=bearing(other)).status_code == 200


def test_whoever_signs_out_bears_nothing_any_more(door: Door) -> None:
    token = door.token(Role.COUNSELLOR)
    assert door.ask("POST", "/sign-out", headers=bearing(token)).status_code == 204
    assert door.get("/actors/persons", headers=bearing(token)).status_code == 401
    assert door.ask("POST", "/sign-out", headers=bearing(token)).status_code == 401
    assert door.ask("POST", "/sign-out").status_code == 401


def test_no_stranger_ends_the_services_reading(door: Door) -> None:
    assert door.ask("POST", "/sign-out", role=Role.SERVICE).status_code == 403
    assert door.get(LOG, Role.SERVICE).status_code == 200


def test_a_stream_ends_with_its_token(door: Door) -> None:
    token = door.token(Role.DOWNSTREAM)
    answer = door.get(LOG, headers={**bearing(token), "Accept": STREAM})
    parts = answer.iter_encoded()
    assert next(parts).startswith(b":")
    assert door.ask("POST", "/sign-out", headers=bearing(token)).status_code == 204
    door.send("/actors/organisations", AN_ORGANISATION, Role.ORGANISATION, "o-after-the-end")
    assert list(parts) == []
    answer.close()


def test_the_own_data_page_asks_again_for_a_token_that_was_taken_back(door: Door) -> None:
    token = door.token(Role.PERSON, "p-gone")
    door.ask("POST", "/sign-out", headers=bearing(token))
    answer = door.ask("POST", "/actors/own-data", data={"token": token})
    assert answer.status_code == 200
    assert token not in answer.text
