"""Every address of the product, each portal mounted through its role guard."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
