"""Give these stories the exchange, the operator and the phones."""

from tests.asterisk.fixtures import (  # noqa: F401
    exchange,
    fresh_exchange,
    installation,
    listener,
    new_caller,
    new_phone,
    operator_port,
    outside,
)
