"""What one process takes on at a time: connections, requests at work, bytes of bodies, and requests of an address.

One `Limits` belongs to a process, whichever services it runs. All bounds are settings with defaults that thirty people
behind one address never meet. Beyond them a request is refused at once, so that those at work are carried out.
"""

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from ipaddress import ip_address, ip_network
from time import monotonic

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import Scope

from shared.settings import Settings
from shared.web.callers import Callers

AT_ONCE = 30
"""Seconds' worth of requests that an address may send in one burst: what was captured offline comes all together."""
ADDRESSES = 10_000
"""Known at a time. Beyond them, all begin anew: a crowd of that size is not held back by counting each."""
IPV6_SITE = 64
"""Bits of an IPv6 address that one site has; the rest it chooses itself."""


class Rates:
    """How soon each address may send again. An address that has long been silent needs no memory."""

    def __init__(self, per_second: float) -> None:
        self._every = 1 / per_second
        self._free_at: dict[str, float] = {}

    def wait(self, address: str) -> float:
        """Seconds until this address may send a request; 0 where it may now, and then this one is counted."""
        now = monotonic()
        at = max(self._free_at.get(address, now), now)
        if at - now > AT_ONCE:
            return at - now - AT_ONCE
        if len(self._free_at) >= ADDRESSES:
            self._forget(now)
        self._free_at[address] = at + self._every
        return 0.0

    def _forget(self, now: float) -> None:
        self._free_at = {address: at for address, at in self._free_at.items() if at > now}
        if len(self._free_at) >= ADDRESSES:
            self._free_at.clear()


class Limits:
    """What a process has open and at work, and how much it may be."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.rates = Rates(settings.requests_per_second)
        self.callers = Callers(settings.caller_requests_per_minute)
        self.connections, self.at_work, self.held = 0, 0, 0
        self._of_address = Counter[str]()
        self._proxies = tuple(ip_network(name.strip()) for name in settings.trusted_proxies.split(",") if name.strip())
        self.counted = lru_cache(maxsize=ADDRESSES)(self._counted)
        self.refused = Counter[str]()

    def shown_in(self, registry: CollectorRegistry, service: str) -> None:
        """Let the metrics page of a service show them."""
        registry.register(_Shown(self, service))

    def _counted(self, host: str) -> tuple[str, bool, bool]:
        """Under which address a host is counted, whether it is a trusted proxy, and whether one on this machine."""
        try:
            address = ip_address(host)
        except ValueError:
            return host[:64], False, False
        proxy = any(address in network for network in self._proxies)
        site = str(ip_network((address, IPV6_SITE), strict=False)) if address.version == 6 else host
        return site, proxy, proxy and address.is_loopback

    def opened(self, host: str) -> bool:
        """Count a connection; whether it is within the bounds. What a proxy passes on is bounded as a whole alone."""
        address, proxy, _ = self.counted(host)
        self.connections += 1
        self._of_address[address] += 1
        bound = self.settings.connections_per_address
        return self.connections <= self.settings.connections and (proxy or self._of_address[address] <= bound)

    def closed(self, host: str) -> None:
        """A connection that was counted is gone."""
        address, _, _ = self.counted(host)
        self.connections -= 1
        self._of_address[address] -= 1
        if not self._of_address[address]:
            del self._of_address[address]

    def wait(self, scope: Scope) -> float:
        """Seconds until the address of a request may send it. Whoever is on this machine is not held back."""
        address, _, here = self.counted(scope["client"][0] if scope.get("client") else "")
        return 0.0 if here else self.rates.wait(address)


class Share:
    """What one request has of its process: the bytes of its body, and then a place among those at work."""

    __slots__ = ("_bytes", "_limits", "_working")

    def __init__(self, limits: Limits) -> None:
        self._limits, self._bytes, self._working = limits, 0, False

    def takes(self, size: int) -> bool:
        """More of the body has come; whether there is room for it."""
        self._bytes += size
        self._limits.held += size
        return self._limits.held <= self._limits.settings.bodies_limit

    def works(self) -> bool:
        """It is complete and could begin; whether it may. It is given back by `ends`, whatever was answered."""
        if self._limits.at_work >= self._limits.settings.requests_at_work:
            return False
        self._limits.at_work += 1
        self._working = True
        return True

    def ends(self) -> None:
        """Give everything back."""
        self._limits.held -= self._bytes
        self._limits.at_work -= self._working


class _Shown(Collector):
    """The figures of a process, on the page of one of its services."""

    def __init__(self, limits: Limits, service: str) -> None:
        self._limits, self._service = limits, service

    def collect(self) -> Iterator[Metric]:
        refused = CounterMetricFamily(
            "homeward_refused_total", "What this process refused by its limits, by which.", labels=("service", "why")
        )
        for why, count in self._limits.refused.items():
            refused.add_metric((self._service, why), count)
        yield refused
        for name, text, value in (
            ("homeward_connections", "Connections that this process has open.", self._limits.connections),
            ("homeward_requests_at_work", "Requests that this process is carrying out.", self._limits.at_work),
        ):
            gauge = GaugeMetricFamily(name, text, labels=("service",))
            gauge.add_metric((self._service,), value)
            yield gauge
