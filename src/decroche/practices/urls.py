"""Give practices' screens their addresses."""

from django.urls import path

from decroche.practices.web import cards

app_name = "practices"

urlpatterns = [
    path("", cards.home, name="home"),
    path("<int:practice_id>/", cards.detail, name="detail"),
    path("<int:practice_id>/access-card/", cards.access_card, name="access_card"),
    path("sites/<int:site_id>/access-card/", cards.edit_access_card, name="edit_access_card"),
]
