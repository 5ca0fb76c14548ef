"""Re-export the rights table where doors look for it."""

from decroche.accounts.domain.permissions import GRANTS, Permission, Role

__all__ = ["GRANTS", "Permission", "Role"]
