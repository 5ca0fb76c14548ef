"""Play a telephone exchange in memory: for tests, and for machines without Asterisk."""

from decroche.calls.adapters.memory.exchange import MemoryExchange

__all__ = ["MemoryExchange"]
