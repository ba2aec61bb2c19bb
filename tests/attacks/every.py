"""Every way past 2FA that is known, in the table's order."""

from tests.attacks.way import WAYS
from tests.attacks.ways import brokers, factors, mail, protocols, set_up_page, tokens

_ORDER = [each.__name__ for each in (set_up_page, mail, brokers, factors, tokens, protocols)]

EVERY = sorted(WAYS, key=lambda way: _ORDER.index(way.walk.__module__))
