"""Read the database from a story that runs in an event loop, and wait for what is to come."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from asgiref.sync import sync_to_async
from django.db import connections

from decroche.foundation.tenancy import every_practice

T = TypeVar("T")


async def read(function: Callable[[], T]) -> T:
    """Run what touches the database in a thread, in every practice's scope."""

    def run() -> T:
        try:
            with every_practice():
                return function()
        finally:
            connections["default"].close()

    return await sync_to_async(run, thread_sensitive=False)()


async def until_read(function: Callable[[], T], *, seconds: float = 20) -> T:
    """Read until it is true; return it."""
    async with asyncio.timeout(seconds):
        while not (found := await read(function)):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        return found


async def until(condition: Callable[[], T], *, seconds: float = 20) -> T:
    """Ask in the loop itself, where what has no row in the database lives, until it is true; return it."""
    async with asyncio.timeout(seconds):
        while not (found := condition()):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        return found
