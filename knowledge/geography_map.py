"""The map behind the names: areas and what lies in them, distances, and the municipality of a location."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable

from knowledge.geography_names import fold, slug
from knowledge.geography_spots import Spot
from knowledge.geography_tables import Point, Tables

NEAR = 12  # km; a location further from every Dutch place is at sea or abroad


class Map:
    """Municipalities, labour market regions and provinces, each a spot; areas are named `kind:id` as in criteria."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        spots = tables.spots.values()
        self.municipalities = tuple(spot for spot in spots if spot.kind == "municipality")
        self.provinces = tuple(spot for spot in spots if spot.kind == "province")
        self.regions = tuple(spot for spot in spots if spot.kind == "region")
        self._officials = {
            **{f"municipality:{spot.municipality_id}": spot.municipality or spot.key for spot in self.municipalities},
            **{f"province:{spot.province}": tables.province_names[spot.province or ""] for spot in self.provinces},
            **{f"region:{spot.region}": spot.key.removeprefix("regio ") for spot in self.regions},
        }

    def spot(self, key: str) -> Spot | None:
        """The place with this key, as it stands in a stored answer."""
        return self._tables.spots.get(key)

    def named(self, scope: str) -> tuple[str, str] | None:
        """ "region:achterhoek" → ("region", "Achterhoek"); None when there is no such area. Aliases are accepted."""
        official = self._officials.get(self._scope(scope))
        return (scope.partition(":")[0], official) if official else None

    def suggest(self, scope: str) -> tuple[str, ...]:
        """Scopes that may have been meant by an unknown one, best first."""
        kind, _, name = scope.partition(":")
        kinds = [kind] if kind in ("municipality", "region", "province") else ["region", "municipality", "province"]
        wanted = slug(name or kind)
        same = [f"{k}:{wanted}" for k in ("region", "municipality", "province") if f"{k}:{wanted}" in self._officials]
        homes = (self._tables.spots[key].municipality_id for key in self._tables.names.get(fold(name or kind), {}))
        same += [f"municipality:{home}" for home in homes if home]
        known = [s for s in self._officials if s.partition(":")[0] in kinds]
        return tuple(dict.fromkeys([*same, *difflib.get_close_matches(f"{kinds[0]}:{wanted}", known, 3)]))[:3]

    def inside(self, spot: Spot, scope: str) -> bool | None:
        """Whether a place lies in an area; None when the place is too wide to tell, or the area is unknown."""
        area = self._tables.members.get(self._scope(scope))
        if area is None:
            return None
        if spot.municipality_id:
            return spot.municipality_id in area
        own = self._members(spot)
        return True if own <= area else None if own & area else False

    def distance_km(self, a: Spot, b: Spot) -> int | None:
        """Great circle distance in whole kilometres; None when one of the two is a region or province."""
        start, end = self._tables.points.get(a.key), self._tables.points.get(b.key)
        return round(kilometres(start, end)) if start and end else None

    def nearest(self, spot: Spot, keys: Iterable[str]) -> tuple[tuple[str, int], ...]:
        """The places with these keys by distance, nearest first; keys that have no point are left out."""
        known = ((key, self._tables.spots.get(key)) for key in dict.fromkeys(keys))
        distances = ((key, self.distance_km(spot, other)) for key, other in known if other)
        return tuple(sorted(((k, km) for k, km in distances if km is not None), key=lambda pair: (pair[1], pair[0])))

    def municipality_of_point(self, latitude: float, longitude: float) -> Spot | None:
        """The municipality of the place nearest to a location; None at sea, abroad, or for impossible numbers."""
        if not (50 <= latitude <= 54 and 3 <= longitude <= 8):  # also refuses NaN
            return None
        here = (latitude, longitude)
        km, key = min((kilometres(here, point), key) for key, point in self._tables.points.items())
        if km > NEAR or any(kilometres(here, point) < km for point in self._tables.abroad_points):
            return None
        home = self._tables.spots[key].municipality_id
        return self._tables.spots[self._tables.town_of[home]] if home else None

    def _scope(self, scope: str) -> str:
        if scope in self._officials:
            return scope
        kind, _, name = scope.partition(":")
        key = self._tables.areas.get(kind, {}).get(fold(name))
        spot = self._tables.spots.get(key or "")
        if not spot or spot.kind != kind:  # a former municipality is no area of its own
            return scope
        identifier = {"municipality": "municipality_id"}.get(kind, kind)
        return f"{kind}:{getattr(spot, identifier)}"

    def _members(self, spot: Spot) -> frozenset[str]:
        return self._tables.members[f"{spot.kind}:{spot.region if spot.kind == 'region' else spot.province}"]

    def _within(self, spot: Spot, area: Spot) -> bool:
        if area.municipality_id:
            return spot.municipality_id == area.municipality_id
        return spot.municipality_id in self._members(area)


def kilometres(a: Point, b: Point) -> float:
    """Great circle distance; good to a kilometre, as the points are."""
    north, east = math.radians(b[0] - a[0]), math.radians(b[1] - a[1])
    curve = math.cos(math.radians(a[0])) * math.cos(math.radians(b[0]))
    return 12742 * math.asin(math.sqrt(math.sin(north / 2) ** 2 + curve * math.sin(east / 2) ** 2))
