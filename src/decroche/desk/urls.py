"""Give the desk its addresses."""

from django.urls import path

from decroche.desk.web import palette, screens

app_name = "desk"
urlpatterns = [
    path("", screens.home, name="home"),
    path("between/", screens.between, name="between"),
    path("now/", screens.now_in_hand, name="now"),
    path("palette/", palette.palette, name="palette"),
    path("practices/<int:practice_id>/", screens.practice, name="practice"),
    path("calls/<uuid:call_id>/", screens.call, name="call"),
]
