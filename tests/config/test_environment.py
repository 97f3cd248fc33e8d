"""Values from the environment or from files."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.environment import read, with_password


def test_a_file_stands_in_for_a_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text("s3cret\n")
    monkeypatch.setenv("A_KEY_FILE", str(tmp_path / "key"))
    assert read("A_KEY") == "s3cret"


def test_an_empty_file_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text("\n")
    monkeypatch.setenv("A_KEY_FILE", str(tmp_path / "key"))
    assert read("A_KEY", "default") == "default"


def test_a_file_that_is_not_there_is_no_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_KEY_FILE", str(tmp_path / "gone"))
    with pytest.raises(ImproperlyConfigured, match=r"A_KEY_FILE names .*gone, which cannot be read"):
        read("A_KEY", "default")


def test_both_at_once_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_KEY", "one")
    monkeypatch.setenv("A_KEY_FILE", str(tmp_path / "key"))
    with pytest.raises(ImproperlyConfigured, match="A_KEY and A_KEY_FILE are both set"):
        read("A_KEY")


@pytest.mark.parametrize(
    ("url", "password", "whole"),
    [
        ("", "x", ""),
        ("redis://cache:6379/0", "", "redis://cache:6379/0"),
        ("redis://cache:6379/0", "p@ss/", "redis://:p%40ss%2F@cache:6379/0"),
        ("redis://me@cache:6379/0", "x", "redis://me:x@cache:6379/0"),
    ],
)
def test_a_password_is_put_into_an_address(url: str, password: str, whole: str) -> None:
    assert with_password(url, password) == whole
