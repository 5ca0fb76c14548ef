"""Every instruction of the demo world, by practice."""

from decroche.demo.texts.orders_a import ORDERS_A
from decroche.demo.texts.orders_b import ORDERS_B

ORDERS = ORDERS_A | ORDERS_B
