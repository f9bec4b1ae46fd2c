"""The what-if page's files: nothing in line, nothing from outside, one small module a concern."""

from __future__ import annotations

import re
from importlib import resources

from tests.pages import Page

PAGE = resources.files("sufficiency.studio").joinpath("page")
FILES = {entry.name: entry.read_text("utf-8") for entry in PAGE.iterdir() if entry.is_file()}
MODULES = {name: text for name, text in FILES.items() if name.endswith(".js")}
#: Names of the SVG standard; nobody is asked for them.
NAMES = ("http://www.w3.org/",)


def page() -> Page:
    """Read the page strictly: its tags close."""
    return Page(re.sub(r"(?i)<!doctype html>", "", FILES["index.html"]))


def test_nothing_stands_in_line() -> None:
    tags = page().tags
    assert len(tags) > 100
    for tag, attributes in tags:
        assert tag != "style"
        assert "style" not in attributes, tag
        assert not [name for name in attributes if name.startswith("on")], tag
        if tag == "script":
            assert attributes["src"]
    for name, text in MODULES.items():
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|eval\(|\.cssText", text), name


def test_every_file_asked_for_is_there_and_nothing_outside() -> None:
    found = set(re.findall(r'(?:src|href)="/page/([^"]+)"', FILES["index.html"]))
    for text in MODULES.values():
        found |= set(re.findall(r'from "\./([^"]+)"', text))
    assert found == {name for name in FILES if name.endswith((".js", ".css"))}
    for name, text in FILES.items():
        addresses = re.findall(r"https?://\S*", text)
        assert not [url for url in addresses if not url.startswith(NAMES)], name


def test_names_meet() -> None:
    """What a script looks for by id stands on the page; labels and controls name what is there."""
    tags = page().tags
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for text in MODULES.values():
        assert set(re.findall(r'\$\("([^"]+)"\)', text)) <= set(ids)
    for _, attributes in tags:
        for name in ("for", "aria-controls", "aria-labelledby", "aria-describedby"):
            assert set((attributes.get(name) or "").split()) <= set(ids)


def test_every_button_and_field_has_words() -> None:
    html = FILES["index.html"]
    for words, text in re.findall(r"<button([^>]*)>(.*?)</button>", html, re.DOTALL):
        assert "aria-label=" in words or text.strip() or 'id="hint-next"' in words, words


def test_modules_are_small() -> None:
    for name, text in MODULES.items():
        assert len(text.splitlines()) <= 160, name
        assert text.startswith("// "), f"{name} does not say what it is for"
