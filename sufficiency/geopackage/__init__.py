"""A plan as layers that QGIS and ArcGIS open: GeoPackage with styles, and GeoJSON."""
