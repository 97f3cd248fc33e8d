"""Addresses of the tracking of validations."""

from django.urls import path

from tracking import column_choice, lots, panel, people, progress, selections, ticking, view_pages, views
from tracking.acts import ACTS
from tracking.charts import views as charts
from tracking.exports import book_files, chosen, filtered, numbered

app_name = "suivi"

urlpatterns = [
    path("", views.index, name="index"),
    path("clients/", people.clients, name="clients"),
    path("intervenants/", people.intervenants, name="intervenants"),
    path("visites/<uuid:public_id>/", panel.sheet, name="visit"),
    path("colonnes/", column_choice.create, name="columns"),
    path("vues/", view_pages.index, name="views"),
    path("vues/<uuid:public_id>/", view_pages.rename, name="view"),
    path("vues/<uuid:public_id>/suppression/", view_pages.remove, name="view-remove"),
    path("vues/<uuid:public_id>/ouverture/", view_pages.open_on, name="view-open"),
    path("coches/", ticking.create, name="ticks"),
    path("selections/", selections.create, name="selections"),
    path("selections/<uuid:public_id>/", selections.preview, name="selection"),
    path("selections/<uuid:public_id>/export/", chosen.sheet, name="selection-export"),
    path("selections/<uuid:public_id>/export/fichier/", chosen.file, name="selection-export-file"),
    path("selections/<uuid:public_id>/restent/", selections.remaining, name="selection-remaining"),
    *(path(f"{noun}/", selections.press, {"noun": noun}, name=noun) for noun in ACTS),
    path("graphiques/", charts.index, name="charts"),
    path("graphiques/apercu/", charts.small, name="charts-small"),
    path("exports/", filtered.index, name="exports"),
    path("exports/visites.csv", filtered.as_csv, name="export-csv"),
    path("exports/visites.xlsx", filtered.as_xlsx, name="export-xlsx"),
    path("paie-et-facturation/", numbered.index, name="books"),
    path("paie-et-facturation/apercu/", numbered.preview, name="books-preview"),
    path("paie-et-facturation/apercu/fichier/", book_files.open_one, name="books-preview-file"),
    path("paie-et-facturation/nouveau/", numbered.create, name="books-make"),
    path("paie-et-facturation/<uuid:public_id>/", numbered.sheet, name="book"),
    path("paie-et-facturation/<uuid:public_id>/fichier/", book_files.kept, name="book-file"),
    path("lots/", lots.index, name="lots"),
    path("lots/<uuid:public_id>/", lots.sheet, name="lot"),
    path("lots/<uuid:public_id>/avancement/", progress.progress, name="lot-progress"),
    path("lots/<uuid:public_id>/arret/", progress.stop, name="lot-stop"),
    path("lots/<uuid:public_id>/sort/", lots.fate_list, name="lot-fates"),
    path("lots/<uuid:public_id>/annulation/", lots.undo, name="lot-undo"),
]
