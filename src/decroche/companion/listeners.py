"""Keep the agenda in step with instructions that are ended elsewhere, at the desk for instance."""

from decroche.accounts.models import User
from decroche.foundation.events import listener
from decroche.foundation.tenancy import every_practice
from decroche.instructions.events import InstructionEnded
from decroche.instructions.models import Instruction
from decroche.scheduling.actions.remove_absence import remove_absence


@listener(InstructionEnded)
def open_the_agenda_again(event: InstructionEnded) -> None:
    """Remove the absence that an instruction had made, unless its ending was itself taken back meanwhile."""
    with every_practice():
        if not Instruction.objects.filter(pk=event.instruction_id, ended_at__isnull=False).exists():
            return
        by = User.objects.filter(pk=event.by_id).first()
        remove_absence(instruction_id=event.instruction_id, by=by, now=event.at)
