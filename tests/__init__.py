"""Tests of sufficiency, one module for each part."""
