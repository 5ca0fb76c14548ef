"""A SIP phone of any make on her desk: it stays when her screen goes, and is worth nothing once she puts it away."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from decroche.calls.actions.leave_post import leave_post
from decroche.calls.actions.open_phone import password_of
from decroche.calls.domain.call import CallState
from decroche.calls.domain.post import PostState
from decroche.calls.models import PhoneCredential, PhoneDevice, SwitchboardOrder
from decroche.calls.switchboard import house
from decroche.calls.switchboard.orders import OrderKind
from decroche.foundation.clock import now
from tests.calls.stage import AWA, INES, Stage
from tests.calls.test_web_talk import bar, desk  # noqa: F401


async def with_sip_phone(stage: Stage, user_id: int = AWA) -> None:
    await stage.order(
        OrderKind.PHONE_ACCOUNT, user_id, username="s11", password="long and typed once", is_browser=False
    )


# --- the switchboard -------------------------------------------------------------------------------


async def test_closing_the_screen_leaves_a_conversation_on_a_sip_phone_alone() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    await with_sip_phone(stage)
    account = stage.exchange.phones[AWA].account
    assert account is not None
    assert not account.is_browser
    call = await stage.talk()
    await stage.order(OrderKind.LEAVE, AWA)
    assert call.state is CallState.TALKING
    assert stage.exchange.phones[AWA].account is not None, "the telephone is still on her desk"
    await stage.caller_hangs_up(call)
    await stage.order(OrderKind.END_WRAP_UP, AWA)
    assert stage.state_of(AWA) is PostState.AWAY, "and rings no more: she has gone"
    await stage.order(OrderKind.SET_STATE, AWA, state="available")
    assert (await stage.ring()).state is CallState.OFFERED, "she comes back, and it rings again"


async def test_a_sip_phone_that_is_put_away_loses_its_conversation_and_the_caller_comes_first() -> None:
    stage = Stage()
    await stage.at_post(AWA, INES)
    await with_sip_phone(stage)
    call = await stage.talk()
    await stage.order(OrderKind.PHONE_ACCOUNT, AWA, username="s11", password="")
    assert stage.exchange.phones[AWA].account is None
    assert call.comes_first
    assert call.leg is not None
    assert call.leg.user_id == INES, "it goes to a colleague at once"


async def test_her_browser_takes_the_sip_phone_s_place() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    await with_sip_phone(stage)
    await stage.order(OrderKind.PHONE_ACCOUNT, AWA, username="s11", password="fresh", is_browser=True)
    await stage.order(OrderKind.LEAVE, AWA)
    assert stage.exchange.phones[AWA].account is None


# --- the house -------------------------------------------------------------------------------------


def credential(user: Any, **more: Any) -> PhoneCredential:
    given = {"device": PhoneDevice.SIP, "nonce": "n", "created_at": now()}
    return PhoneCredential.objects.create(
        user=user, **given | {"expires_at": now() + timedelta(days=9)} | more
    )


@pytest.mark.django_db
@pytest.mark.usefixtures("everywhere")
def test_a_switchboard_that_comes_back_knows_the_phone_for_what_it_is(desk: SimpleNamespace) -> None:  # noqa: F811
    credential(desk.awa)
    (account,) = house.live_accounts(now=now())
    assert (account.user_id, account.is_browser, account.password) == (desk.awa.pk, False, password_of("n"))
    memory = house.load_memory(directory=house.load_directory(now=now()), now=now())
    assert [post.has_sip_phone for post in memory.posts] == [True]


@pytest.mark.django_db
@pytest.mark.usefixtures("everywhere")
@pytest.mark.parametrize("how", ["deactivated", "left", "late", "still there"])
def test_who_is_shut_out_takes_no_telephone_along(desk: SimpleNamespace, how: str) -> None:  # noqa: F811
    credential(desk.awa, **({"expires_at": now()} if how == "late" else {}))
    if how == "deactivated":
        desk.awa.is_active = False
        desk.awa.save()
    elif how == "left":
        desk.awa.secretariat_memberships.all().delete()
    expected = [] if how == "still there" else [desk.awa.pk]
    assert list(house.expire_accounts(now=now())) == expected
    assert PhoneCredential.objects.filter(revoked_at=None).exists() == (how == "still there")


@pytest.mark.django_db
@pytest.mark.usefixtures("everywhere")
def test_signing_out_leaves_the_telephone_on_its_desk(desk: SimpleNamespace) -> None:  # noqa: F811
    credential(desk.awa)
    leave_post(user=desk.awa, now=now())
    assert PhoneCredential.objects.filter(revoked_at=None).exists()
    assert SwitchboardOrder.objects.get().kind == "leave"


# --- the screen ------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.usefixtures("everywhere")
def test_she_connects_a_sip_phone_reads_its_password_once_and_comes_back(
    desk: SimpleNamespace,  # noqa: F811
    settings: Any,
) -> None:
    settings.SIP_PHONE_ADDRESS = "sip.secretariat.example:5070"
    door, state = reverse("calls:sip_phone_switch"), reverse("calls:sip_phone")
    assert "Brancher un téléphone SIP" in desk.browser.get(reverse("calls:my_phone")).content.decode()
    page = desk.browser.post(door, {"on": "1"}).content.decode()
    row = PhoneCredential.objects.get(user=desk.awa, revoked_at=None)
    password = password_of(row.nonce)
    assert "sip.secretariat.example:5070" in page
    assert password in page
    assert password not in desk.browser.get(state).content.decode(), "it is shown once"
    order = SwitchboardOrder.objects.latest("pk")
    assert order.payload == {"nonce": row.nonce, "device": "sip"}
    assert house.pending_orders() == []  # obeyed by the fixture's switchboard
    assert 'data-elsewhere="yes"' in bar(desk.browser), "the browser is no phone meanwhile"
    refused = desk.browser.post(reverse("calls:phone_account"))
    assert refused.status_code == 409
    assert PhoneCredential.objects.get(revoked_at=None).device == PhoneDevice.SIP, (
        "a second tab takes nothing"
    )
    page = desk.browser.post(door, {"on": "0"}).content.decode()
    assert "Brancher un téléphone SIP" in page
    assert not PhoneCredential.objects.filter(revoked_at=None).exists()
    assert SwitchboardOrder.objects.latest("pk").payload == {"nonce": ""}
    assert 'data-elsewhere="no"' in bar(desk.browser)


@pytest.mark.django_db
@pytest.mark.usefixtures("everywhere")
def test_nothing_changes_when_the_switchboard_refuses(desk: SimpleNamespace) -> None:  # noqa: F811
    desk.refusals.append("no_post")
    answer = desk.browser.post(reverse("calls:sip_phone_switch"), {"on": "1"})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not PhoneCredential.objects.exists()
