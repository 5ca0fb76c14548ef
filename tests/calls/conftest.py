"""Give the port's stories the exchange in memory and a real one."""

from tests.asterisk.fixtures import exchange, fresh_exchange, installation, operator_port  # noqa: F401
from tests.calls.exchanges import listener, world  # noqa: F401
