"""Dockerfile and docker-compose.yml name only what there is, and give each process no more than it needs."""

import re
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from config import embedded
from tests.production.files import (
    PRODUCT,
    ROOT,
    compose,
    image_command,
    image_environment,
    instructions,
    interpolated,
    services,
    stages,
)

READERS = ("config/settings.py", "config/gunicorn.py", "config/embedded.py")
NAMED = re.compile(r"\b(?:read|flag|number|items)\(\s*[\"']([A-Z_]+)[\"']")
# Of Python and of the shell, not of ours.
FOREIGN = {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"}
SECRET_WORDS = re.compile(r"PASSWORD|SECRET|TOKEN|^MAILER")


def settings_names() -> set[str]:
    """Every name that the product reads from its environment."""
    return {name for file in READERS for name in NAMED.findall((ROOT / file).read_text())}


def test_every_setting_named_exists() -> None:
    known = settings_names()
    assert set(image_environment()) - FOREIGN <= known
    for name in PRODUCT:
        assert {key.removesuffix("_FILE") for key in services()[name]["environment"]} <= known


def test_the_readme_lists_every_setting_and_no_other() -> None:
    table = (ROOT / "README.md").read_text().partition("## Settings")[2].partition("## Production")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    listed = {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}
    # The demo sets it for its own processes, and production refuses it.
    assert listed - {"CHROMIUM"} == settings_names() - {"CONTRESEING_DEMO"}


def test_no_secret_stands_in_a_variable() -> None:
    for name, service in services().items():
        for key, value in service.get("environment", {}).items():
            if SECRET_WORDS.search(key):
                assert key.endswith("_FILE"), f"{name}: {key}"
                secret = str(value).removeprefix("/run/secrets/")
                assert secret in service["secrets"], f"{name}: {value}"


def test_every_secret_is_a_file_that_the_script_makes_for_its_owner_alone(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "secrets", tmp_path / "scripts")
    subprocess.run([tmp_path / "scripts" / "secrets", "smtp://u:p@mail.example:587"], check=True)
    folder = tmp_path / "secrets"
    made = {f"./secrets/{path.name}" for path in folder.iterdir()}
    assert {secret["file"] for secret in compose()["secrets"].values()} == made
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert (folder / "mailer").read_text() == "smtp://u:p@mail.example:587\n"
    before = {path.name: path.read_text() for path in folder.iterdir()}
    filled = {name: text for name, text in before.items() if text != "\n"}
    assert before.keys() - filled.keys() == {"secret_key_fallbacks", "mailers"}
    assert len(set(filled.values())) == len(filled)
    assert min(len(text) for text in filled.values()) > 26
    subprocess.run([tmp_path / "scripts" / "secrets"], check=True)
    assert {path.name: path.read_text() for path in folder.iterdir()} == before


def test_every_path_from_here_exists() -> None:
    mounted = [part for service in services().values() for part in service.get("volumes", [])]
    for source in (part.split(":")[0] for part in mounted):
        assert (ROOT / source).is_file() if source.startswith("./") else source in compose()["volumes"], source
    sources = [rest.split()[:-1] for name, rest in instructions() if name == "COPY" and "--from" not in rest]
    assert all((ROOT / source).exists() for words in sources for source in words)
    assert (ROOT / "deploy/postgres/roles.sh").stat().st_mode & stat.S_IXOTH


def test_the_image_holds_what_is_listed_and_nothing_else() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert lines[1] == "*"
    listed = [line.removeprefix("!") for line in lines if line.startswith("!")]
    assert all((ROOT / path).exists() for path in listed)
    assert not {"tests", "secrets", "var", ".git", ".env", "."} & set(listed)


def test_what_is_copied_into_the_image_is_not_left_out_of_it() -> None:
    listed = {line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] == "!"}
    copied = [rest.split()[:-1] for name, rest in instructions() if name == "COPY" and "--from" not in rest]
    assert {source for words in copied for source in words} <= {".", *listed}
    later = [rest.split()[1:] for name, rest in stages()[1] if name == "COPY"]
    made = " ".join(rest for name, rest in stages()[0] if name in ("RUN", "WORKDIR"))
    assert [source for source, _target in later if source not in made] == []


@pytest.mark.parametrize("name", PRODUCT)
def test_what_is_written_lies_in_memory_or_in_a_volume_of_its_user(name: str) -> None:
    service = services()[name]
    memory = [mount.split(":")[0] for mount in service["tmpfs"]]
    volumes = [mount.split(":")[1] for mount in service["volumes"]]
    said = [image_environment()["CONTRESEING_VAR"], image_environment()["ATTACHMENTS_DIR"]]
    written = said + [word for word in service["command"] if word.startswith("/")]
    assert [path for path in written if not path.startswith((*memory, *volumes))] == []
    # A new volume belongs to whom its folder belongs in the image: to root, if there is none.
    (made,) = [rest for kind, rest in stages()[-1] if kind == "RUN" and "install -d -o contreseing" in rest]
    assert [volume for volume in volumes if volume not in made.split()] == []


def test_the_tools_of_the_image_know_the_database() -> None:
    """pg_dump refuses a server that is newer than itself."""
    said = subprocess.run([embedded.PROGRAMS / "pg_dump", "--version"], capture_output=True, text=True, check=True)
    assert services()["postgres"]["image"] == f"postgres:{re.findall(r'[0-9]+', said.stdout)[0]}"


def test_the_database_is_well_once_its_roles_are_made() -> None:
    """Its image makes them behind a first server, which listens on the socket alone."""
    assert "--host" in services()["postgres"]["healthcheck"]["test"]


def test_the_image_runs_as_nobody_on_the_python_of_the_project() -> None:
    last = stages()[-1]
    assert len(stages()) == 2
    assert ("USER", "10001:10001") in last
    assert not [name for name, _rest in last[last.index(("USER", "10001:10001")) :] if name in ("RUN", "COPY")]
    python = (ROOT / ".python-version").read_text().strip()
    assert dict(instructions())["ARG"] == f"PYTHON={python}"
    assert {rest.split()[0] for name, rest in instructions() if name == "FROM"} == {"python:${PYTHON}-slim"}
    assert all("--require-hashes" in rest for _name, rest in instructions() if "pip install" in rest)
    assert image_command() == services()["web"]["command"]


@pytest.mark.parametrize("name", [*PRODUCT, "redis", "proxy", "mailpit"])
def test_a_container_may_do_little(name: str) -> None:
    service = services()[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "proxy" else [])


def test_only_proxy_and_mailpit_are_reached_from_outside() -> None:
    published = {name: service["ports"] for name, service in services().items() if "ports" in service}
    assert published == {"proxy": ["80:80", "443:443"], "mailpit": ["127.0.0.1:8025:8025"]}
    assert compose()["networks"]["inside"] == {"internal": True}
    for name in ("postgres", "redis", "migrate", "backup", "beat"):
        assert services()[name]["networks"] == ["inside"]
    assert services()["mailpit"]["profiles"] == ["dev"]


def test_no_log_grows_without_end() -> None:
    assert [name for name, service in services().items() if service["logging"] != {"driver": "local"}] == []


def test_whatever_the_env_file_may_say_is_handed_on() -> None:
    """A setting that README names and compose does not hand on would be said in .env and never heard."""
    fixed_by_the_image = set(image_environment()) | {
        "DATABASE_OWNER_URL",
        "DATABASE_OWNER_PASSWORD",
        "WEB_CONCURRENCY",
    }
    of_a_file_of_the_operators, of_development = {"PASSWORD_LIST"}, {"DEBUG", "CONTRESEING_DEMO", "TEST_DATABASE"}
    heard = {name.removesuffix("_FILE") for name in services()["worker"]["environment"]}
    assert settings_names() - fixed_by_the_image - of_a_file_of_the_operators - of_development == heard


def test_each_service_that_stays_has_a_health_check_and_is_started_again() -> None:
    staying = set(services()) - {"migrate", "backup"}
    assert {name for name, service in services().items() if "healthcheck" in service} == staying
    assert {services()[name]["restart"] for name in staying} == {"unless-stopped"}


def test_web_and_worker_come_after_the_migrations_and_only_migrate_and_backup_know_the_owner() -> None:
    for name in ("web", "worker", "beat"):
        assert services()[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
        assert "owner_password" not in services()[name]["secrets"]
    assert all("owner_password" in services()[name]["secrets"] for name in ("migrate", "backup"))
    assert services()["backup"]["profiles"] == ["operator"]


def test_a_container_is_left_the_time_to_finish() -> None:
    from config.gunicorn import GRACE_SECONDS  # noqa: PLC0415 - it names the folder of the figures when imported

    assert all(int(services()[name]["stop_grace_period"].removesuffix("s")) > GRACE_SECONDS for name in PRODUCT)


def test_variables_are_filled_in_as_compose_does() -> None:
    given = {"A": "1", "EMPTY": ""}
    assert interpolated("${A} ${B:-two} ${EMPTY:-three} $$HOME", given) == "1 two three $HOME"
    with pytest.raises(KeyError, match="why"):
        interpolated("${B:?why}", given)
