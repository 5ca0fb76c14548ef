"""Tell the tabs of the telephone's set-up what the reader may open."""

from django import template

from decroche.accounts.permissions import Permission

register = template.Library()


@register.simple_tag(takes_context=True)
def may_supervise(context: template.Context) -> bool:
    """Tell whether the reader chooses the policy of some secretariat."""
    access = getattr(context.get("request"), "access", None)
    return access is not None and bool(access.secretariats_for(Permission.CHOOSE_POLICY))
