"""Intervals for a rate (95 %)."""

from math import sqrt

Z95 = 1.959964


def wilson(successes: float, trials: float) -> tuple[float, float]:
    """Wilson score interval of successes/trials as two proportions in [0, 1].

    Wilson (1927): (2x + z² ± z√(z² + 4x(1 − x/n))) / (2(n + z²)).
    """
    z2 = Z95 * Z95
    spread = Z95 * sqrt(z2 + 4 * successes * (1 - successes / trials))
    width = 2 * (trials + z2)
    low, high = (2 * successes + z2 - spread) / width, (2 * successes + z2 + spread) / width
    return max(0.0, low), min(1.0, high)
