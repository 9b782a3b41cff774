"""Where does each setting come from, and what is refused?"""

from pathlib import Path

import pytest

from shared.events.registry import SERVICES
from shared.service.settings import BadSetting, load


def test_the_command_line_beats_the_environment_which_beats_the_default() -> None:
    environment = {"KOSILAB_PORT": "8001", "KOSILAB_CITY": "dortmund"}
    settings = load({"KOSILAB_PORT": "8002", "KOSILAB_CITY": None}, environment)
    assert (settings.port(), settings.origins["KOSILAB_PORT"]) == (8002, "command line")
    assert (settings.get("KOSILAB_CITY"), settings.origins["KOSILAB_CITY"]) == ("dortmund", "environment")
    assert (settings.get("KOSILAB_HOST"), settings.origins["KOSILAB_HOST"]) == ("127.0.0.1", "default")


def test_a_secret_may_lie_in_a_file_and_nothing_else_may(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("k" * 40 + "\n")
    settings = load({}, {"KOSILAB_SERVICE_KEY_FILE": str(secret)})
    assert settings.get("KOSILAB_SERVICE_KEY") == "k" * 40
    assert settings.origins["KOSILAB_SERVICE_KEY"] == "file of KOSILAB_SERVICE_KEY_FILE"
    with pytest.raises(BadSetting, match="KOSILAB_PORT_FILE is no setting"):
        load({}, {"KOSILAB_PORT_FILE": str(secret)})


def test_every_service_has_a_database_of_its_own() -> None:
    urls = {load({}, {}).database_url(service) for service in SERVICES}
    assert len(urls) == len(SERVICES)
    common = load(
        {},
        {
            "KOSILAB_DATABASE_URL": "postgresql://h/k_{service}",
            "KOSILAB_ACTORS_DATABASE_URL": "postgresql://a/x",
        },
    )
    assert [common.database_url(service) for service in ("actors", "reporting")] == [
        "postgresql://a/x",
        "postgresql://h/k_reporting",
    ]


def test_the_data_lie_beside_the_code_wherever_it_is_called(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    here = load({}, {}).data_dir()
    monkeypatch.chdir(tmp_path)
    assert load({}, {}).data_dir() == here
    assert here.parts[-2:] == ("var", "wuppertal")
    assert load({}, {"KOSILAB_CITY": "/etc/kosilab/hagen.toml"}).data_dir().name == "hagen"
    monkeypatch.setattr("shared.service.settings.ROOT", tmp_path / "site-packages")
    assert load({}, {}).data_dir() == Path("var/wuppertal")


@pytest.mark.parametrize("port", ["-1", "65536", "eight", "8000 ", "", "\uff18\uff10"])
def test_a_port_is_a_number(port: str) -> None:
    with pytest.raises(BadSetting, match="give a number from 0 to 65535"):
        load({"KOSILAB_PORT": port}, {}).port()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "postgres://h/d",
        "postgresql:/h/d",
        "sqlite:///",
        "sqlite://",
        "postgresql://[h/d",
        "postgresql://h:0/d",
    ],
)
def test_a_wrong_database_url_is_refused_by_its_name_and_not_repeated(url: str) -> None:
    settings = load({"KOSILAB_ACTORS_DATABASE_URL": url or "x"}, {})
    with pytest.raises(BadSetting, match="KOSILAB_ACTORS_DATABASE_URL") as raised:
        settings.database_url("actors")
    assert "h/d" not in str(raised.value)


def test_a_workers_port_is_nowhere_unless_it_is_set() -> None:
    assert load({}, {}).worker_port() is None
    assert load({}, {"KOSILAB_WORKER_PORT": "9000"}).worker_port() == 9000


def test_an_address_of_a_service_ends_without_a_slash() -> None:
    assert (
        load({}, {"KOSILAB_ACTORS_URL": "http://actors:8000/"}).service_url("actors") == "http://actors:8000"
    )
    assert load({}, {}).service_url("actors") == ""
    with pytest.raises(BadSetting, match="begins with http://"):
        load({}, {"KOSILAB_ACTORS_URL": "actors:8000"}).service_url("actors")
