"""Which grid of a city holds a point: exact lookups of arrays and tables.

>>> import wangge
>>> city = wangge.City.open("city.gpkg")
>>> city.locate(lon, lat).codes()
"""

from ._wangge import City, Column, Located, Table, WanggeError

__all__ = ["City", "Column", "Located", "Table", "WanggeError"]
