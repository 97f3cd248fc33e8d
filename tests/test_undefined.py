"""A template variable that nobody provided fails the test that renders it."""

import pytest
from django.template import engines

from tests.undefined import UndefinedVariable


@pytest.mark.parametrize(
    "source",
    [
        "{{ missing }}",
        "{{ given.missing }}",
        "{{ missing|upper }}",
        "{% load i18n %}{% blocktranslate %}x {{ missing }}{% endblocktranslate %}",
        "{% include 'components/notice.html' with text=missing only %}",
    ],
)
def test_it_fails(source: str) -> None:
    with pytest.raises(UndefinedVariable, match="missing"):
        engines["django"].from_string(source).render({"given": {"here": 1}})


@pytest.mark.parametrize(
    "source", ["{% if missing %}x{% endif %}", "{% for x in missing %}x{% endfor %}", "{{ given }}"]
)
def test_asking_whether_it_is_there_does_not(source: str) -> None:
    assert engines["django"].from_string(source).render({"given": ""}) == ""
