"""The studio started as a planner starts it, and its page used as a person does."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from tests.axe import broken

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, BrowserContext, Locator, Page

ROOT = Path(__file__).resolve().parents[1]
LINK = re.compile(r"http://127\.0\.0\.1:(\d+)/\S*")
#: Machines that test are busy.
PATIENCE_S = 120.0
WELL = """before => {
  const line = document.getElementById('doing');
  return line.dataset.kind === 'well' && Number(line.dataset.revision) > before;
}"""


class Server:
    """A studio in a process of its own; ended when the test is."""

    def __init__(self, case: Path, port: int = 0) -> None:
        self.case, self.port, self.link = case, port, ""
        self.said: list[str] = []
        self.cookies: list[Any] = []

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start it, and wait for the link it prints."""
        self.cookies = []
        command = [sys.executable, "-m", "cli", "studio", str(self.case), "--no-browser"]
        command += ["--port", str(self.port)] if self.port else []
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        found = threading.Event()
        threading.Thread(target=self._read, args=(found,), daemon=True).start()
        if not found.wait(PATIENCE_S) or not self.link:
            self.kill()
            raise AssertionError("the studio did not open: " + "".join(self.said))

    def _read(self, found: threading.Event) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)
            link = LINK.search(line)
            if link and not found.is_set():
                self.link, self.port = link[0], int(link[1])
                found.set()
        found.set()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def kill(self) -> None:
        """End it at once, as a crash or a closed lid would."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE_S)
        if self.process.stdout is not None:
            self.process.stdout.close()


class Visitor:
    """A person with the page before them, and what their browser complained of."""

    def __init__(
        self,
        browser: Browser,
        server: Server,
        *,
        hints: bool = False,
        **options: Any,  # noqa: ANN401 - as playwright's own
    ) -> None:
        self.server = server
        size = options.pop("viewport", {"width": 1440, "height": 900})
        self.context: BrowserContext = browser.new_context(
            viewport=size,
            accept_downloads=True,
            **options,
        )
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self.page.on(
            "console",
            lambda message: self.complaints.append(f"{message.text} {message.location['url']}"),
        )
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self._enter(server)
        self.page.locator("#page").wait_for(timeout=PATIENCE_S * 1000)
        if not hints and self.page.locator("#hint").is_visible():
            self.page.locator("#hint-skip").click()
        self.settle(-1)

    def _enter(self, server: Server) -> None:
        """Open the link that the studio printed; it serves once, so that others come with what it gave."""
        if server.cookies:
            self.context.add_cookies(server.cookies)
            self.page.goto(server.origin)
        else:
            self.page.goto(server.link)
            server.cookies = self.context.cookies()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()

    @property
    def revision(self) -> int:
        return int(self.page.locator("#doing").get_attribute("data-revision") or -1)

    def settle(self, before: int) -> None:
        """Wait until the plan after a revision is on the screen."""
        self.page.wait_for_function(WELL, arg=before, timeout=PATIENCE_S * 1000)

    def after(self, act: Callable[[], object]) -> None:
        """Do something that changes the scenario, and wait for its plan."""
        before = self.revision
        act()
        self.settle(before)

    def start_afresh(self) -> None:
        """Open the case with nothing changed."""
        if self.page.locator("#scenario").input_value():
            self.after(lambda: self.page.locator("#scenario").select_option(""))

    def axe(self) -> None:
        """Look for rules of accessibility that the page breaks."""
        self.page.wait_for_timeout(150)  # what is announced is said a moment later
        assert not (found := broken(self.page)), found

    def reach_site(self, site: str) -> None:
        """Put the focus on a site of the map, as the arrow keys do."""
        self.page.locator(f'#map-one [data-site="{site}"]').focus()

    def spot(self, site: str) -> tuple[float, float]:
        """Return where a site's symbol is on the screen."""
        box = self.page.locator(f'#map-one [data-site="{site}"] .shape').bounding_box()
        assert box
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def map_drawn(self) -> None:
        self.page.locator("#map-wait").wait_for(state="hidden", timeout=PATIENCE_S * 1000)

    def figure(self, label: str) -> str:
        """Return a headline figure, by part of its label."""
        card = self.page.locator(".figure", has=self.page.locator("dt", has_text=label)).first
        return str(card.locator(".value").inner_text())

    def row(self, key: str) -> Locator:
        return self.page.locator(f'tr[data-row="{key}"]')

    def box(self, key: str, column: str) -> Locator:
        return self.row(key).locator(f'input.box[data-column="{column}"]')

    def choose(self, scheme: str, word: str) -> None:
        """Switch a scheme in the table, and wait for the plan."""
        before = self.revision
        self.row(f"scheme:{scheme}").get_by_label(f"{word}:").check(force=True)
        self.settle(before)

    def paste(self, place: Locator, text: str) -> None:
        """Paste text as Excel puts it on the clipboard."""
        place.evaluate(
            """(element, text) => {
              const data = new DataTransfer();
              data.setData('text/plain', text);
              const how = { clipboardData: data, bubbles: true, cancelable: true };
              element.dispatchEvent(new ClipboardEvent('paste', how));
            }""",
            text,
        )

    def too_wide(self) -> bool:
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        return bool(self.page.evaluate(wide))
