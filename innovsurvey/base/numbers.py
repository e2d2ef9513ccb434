"""Write the codes of answers."""

from __future__ import annotations

from decimal import Decimal


def write_number(value: float) -> str:
    """Write a number with all its digits: whole without a point, never with an exponent.

    Examples
    --------
    >>> write_number(-7.0), write_number(0.5), write_number(1500000), write_number(0.00001)
    ('-7', '0.5', '1500000', '0.00001')
    """
    return str(int(value)) if float(value).is_integer() else f"{Decimal(repr(value)):f}"
