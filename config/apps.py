from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Only there for its commands."""

    name = "config"
