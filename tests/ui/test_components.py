import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory

from decroche.ui.templatetags.components import UnknownIcon, icon


def render(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


class CallBackForm(forms.Form):
    number = forms.CharField(label="Numéro", help_text="Dix chiffres")
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea)
    urgent = forms.BooleanField(label="Urgent", required=False)
    day = forms.ChoiceField(
        label="Jour", choices=[("a", "Ce matin"), ("b", "Demain")], widget=forms.RadioSelect
    )


def test_an_icon_is_drawn_in_the_page_and_hidden_from_screen_readers() -> None:
    drawn = icon("phone")

    assert 'aria-hidden="true"' in drawn
    assert "<path" in drawn
    assert "style=" not in drawn


@pytest.mark.parametrize("name", ["no-such-icon", "../../../settings", "phone/../x"])
def test_only_listed_icons_exist(name: str) -> None:
    with pytest.raises(UnknownIcon):
        icon(name)


def test_a_chord_is_drawn_as_its_keys() -> None:
    assert render("{% kbd 'Ctrl+K' %}") == '<kbd class="kbd">Ctrl</kbd><kbd class="kbd">K</kbd>'


def test_a_wrong_field_is_told_to_eyes_and_ears() -> None:
    shown = render("{% field form.number %}", form=CallBackForm({}))

    assert 'class="form-control is-invalid"' in shown
    assert 'aria-describedby="id_number_help id_number_error"' in shown
    assert 'id="id_number_error"' in shown
    assert '<label for="id_number">Numéro' in shown


def test_what_may_stay_empty_says_so() -> None:
    assert "facultatif" in render("{% field form.note %}", form=CallBackForm())
    assert "facultatif" not in render("{% field form.number %}", form=CallBackForm())


def test_choices_are_a_named_group() -> None:
    shown = render("{% field form.day %}", form=CallBackForm())

    assert "<fieldset" in shown
    assert "<legend>Jour</legend>" in shown


def test_a_box_to_tick_has_its_words_beside_it() -> None:
    shown = render("{% field form.urgent %}", form=CallBackForm())

    assert 'class="form-check-input"' in shown
    assert "<span>Urgent</span>" in shown


def test_markup_in_a_persons_name_is_words_not_markup() -> None:
    assert "<b>" not in render("{% avatar name %}{% badge name %}", name="<b>x")


def test_pages_keep_the_rest_of_the_question() -> None:
    request = RequestFactory().get("/log/?kind=missed&page=2")
    page = Paginator(range(100), 10).page(2)

    shown = render("{% paginator page %}", page=page, request=request)

    assert 'href="?kind=missed&amp;page=3"' in shown
    assert 'aria-current="page"' in shown


def test_one_page_needs_no_paginator() -> None:
    page = Paginator(range(3), 10).page(1)

    assert "<nav" not in render("{% paginator page %}", page=page, request=RequestFactory().get("/"))


def test_an_empty_place_says_what_will_come() -> None:
    shown = render("{% empty 'inbox' 'Rien à faire' 'Les suivis paraîtront ici.' %}")

    assert "Rien à faire" in shown
    assert "Les suivis paraîtront ici." in shown
