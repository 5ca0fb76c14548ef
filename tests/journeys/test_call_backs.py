"""A caller gives up; he is called back by one secretary, never by two, and leaves the list everywhere at once."""

import re
from collections.abc import Awaitable, Callable

import pytest

from decroche.calls.models import SwitchboardOrder
from decroche.messaging.models import FollowUp
from decroche.practices.models import Line
from tests.asterisk.sipp import Caller
from tests.journeys.conftest import POCKET, House, Person, look

pytestmark = [pytest.mark.journey, pytest.mark.django_db, pytest.mark.timeout(300)]
PRACTICE = "Cabinet médical des Tilleuls"
TELEPHONE = "+33639985577"
SHOWN = "06 39 98 55 77"
Enter = Callable[..., Awaitable[Person]]


def _line() -> Line:
    return Line.objects.select_related("practice").get(
        practice__name=PRACTICE, is_active=True, label__icontains="patients"
    )


def _owed() -> FollowUp | None:
    row: FollowUp | None = FollowUp.objects.filter(caller_number=TELEPHONE).first()
    return row


async def _opens_the_list(house: House, person: Person, practice_id: int) -> None:
    await person.page.goto(f"{house.url}/calls/back/?practice={practice_id}")
    await person.sees("#call-backs-title")


async def test_who_gave_up_is_called_back_by_one_and_refused_to_the_other(
    house: House, enter: Enter, new_caller: Callable[[], Caller]
) -> None:
    line = await look(_line)
    awa, nathalie = await enter("diallo"), await enter("le-goff", size=POCKET)
    await awa.takes_her_post()
    desk = awa.page
    beside = Person(await awa.context.new_page(), "diallo", awa.context)
    for person in (beside, nathalie):
        await _opens_the_list(house, person, line.practice_id)

    # It rings at Mme Diallo’s; he gives up, having waited longer than a wrong number would. He comes onto both lists by himself.
    caller = new_caller()
    await caller.call(line.number, sender=f"<sip:{TELEPHONE}@operator.example>", talks=8, patience=8)
    for person in (beside, nathalie):
        await person.sees(".owed", SHOWN, seconds=40)
    row = await look(_owed)

    # She goes to him by keyboard and calls; her own phone rings first.
    page = beside.page
    await page.bring_to_front()
    for _ in range(30):
        await beside.presses("j")
        if await page.evaluate("document.activeElement.id") == f"owed-{row.pk}":
            break
    await beside.presses("Enter")
    await beside.sees(f"#owed-{row.pk} .owed-work", "Joint", seconds=20)
    await desk.locator("#phone-bar [data-softphone=answer]").wait_for(timeout=20_000)

    # Her colleague sees it, and what her screen still showed a moment ago does not ring him twice.
    await nathalie.sees(f"#owed-{row.pk}", "Mme Diallo l’appelle")
    answer = await nathalie.page.evaluate(
        """async (url) => {
          const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
          const headers = { "HX-Request": "true", "X-CSRFToken": token };
          const answer = await fetch(url, { method: "POST", headers });
          return [answer.status, await answer.text()];
        }""",
        f"/calls/back/{row.pk}/call/",
    )
    assert answer[0] == 409
    assert re.search("Mme Diallo l’appelle déjà", answer[1])
    assert await look(SwitchboardOrder.objects.filter(kind="call_out").count) == 1

    # One key says what came of it: he leaves both lists.
    await page.bring_to_front()
    await beside.presses("1")
    for person in (beside, nathalie):
        await person.page.locator(f"#owed-{row.pk}").wait_for(state="detached", timeout=20_000)
    closed = await look(_owed)
    assert (closed.result, closed.tries) == ("reached", 1)
