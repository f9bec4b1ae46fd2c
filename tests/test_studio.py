"""The studio: who is let in, what edits do, that nothing is lost, and that its figures are those of `plan`."""

from __future__ import annotations

import json
import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from models.warm import Warm
from sufficiency.errors import NoPlanError, UsageError
from sufficiency.evidence.counts import Counts
from sufficiency.studio.amounts import amount, shared
from sufficiency.studio.command import listen
from sufficiency.studio.engine import StoppedError
from sufficiency.studio.grid import told_use
from sufficiency.studio.keeping import kept_work, name_of
from tests.plans import Written, plan
from tests.studio import Studio, Visitor, headline, studio
from tests.town import change, write_town

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sufficiency.studio.answers import Answered


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A studio that no test edits."""
    with studio(write_town(tmp_path_factory.mktemp("quiet"))) as page:
        yield page


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return write_town(tmp_path)


@pytest.fixture
def page(town: Path) -> Iterator[Studio]:
    with studio(town) as page:
        page.answered()
        yield page


# Who is let in


def test_the_page_and_its_answers_carry_every_guard(quiet: Studio) -> None:
    for path in ("/", "/page/main.js", "/api/case", "/font/regular.woff2", "/page/nothing.js"):
        headers = quiet.get(path).headers
        assert headers["cache-control"] == "no-store"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "server" not in headers


def test_the_link_lets_in_once(town: Path) -> None:
    with studio(town) as page:
        stranger = Visitor(page.port)
        assert stranger.get("/?token=wrong").status == 401
        let_in = stranger.get(f"/?token={page.token}", sec_fetch_site="cross-site",
                              sec_fetch_mode="navigate", sec_fetch_dest="document")  # fmt: skip
        assert let_in.status == 200
        cookie = let_in.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert stranger.get(f"/?token={page.token}").status == 401
        stranger.headers["cookie"] = cookie.partition(";")[0]
        assert stranger.get("/").status == 200
        assert stranger.get("/?token=again").status == 303


@pytest.mark.parametrize("cookie", [None, "sufficiency_studio=x", "a=b; c"])
def test_nobody_else_is_let_in(quiet: Studio, cookie: str | None) -> None:
    answer = quiet.get("/api/state", cookie=cookie)
    assert answer.status == 401
    assert "link" in answer.words
    page = quiet.get("/", cookie=cookie, accept="text/html")
    assert page.status == 401
    assert b"<h1>" in page.body


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "evil.example"}, 421),
        ({"host": None}, 400),
        ({"host": "127.0.0.1"}, 421),
        ({"host": "localhost:1"}, 421),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://localhost:1"}, 403),
        ({"origin": None}, 403),
        ({"sec_fetch_site": "cross-site"}, 403),
        ({"sec_fetch_site": "same-site"}, 403),
        ({"content_type": "text/plain"}, 415),
        ({"content_type": "application/x-www-form-urlencoded"}, 415),
        ({"content_type": None}, 415),
        ({"content_length": "100000000"}, 413),
        ({"content_length": "-1"}, 400),
        ({"content_length": None}, 400),
    ],
)
def test_what_another_page_could_send_is_refused(
    quiet: Studio, headers: dict[str, str | None], status: int
) -> None:
    before = quiet.session.work.revision
    body = {"revision": before, "ops": [{"op": "choice", "scheme": "S1", "value": "shut"}]}
    assert quiet.post("/api/edit", body, **headers).status == status
    assert quiet.session.work.revision == before


def test_reading_from_another_page_is_refused(quiet: Studio) -> None:
    assert quiet.get("/api/state", sec_fetch_site="cross-site").status == 403
    assert quiet.get("/api/state", origin="http://evil.example").status == 403
    navigated = {"sec_fetch_mode": "navigate", "sec_fetch_dest": "document"}
    assert quiet.get("/export/report.html", sec_fetch_site="cross-site", **navigated).status == 403
    assert quiet.get("/", sec_fetch_site="cross-site", **navigated).status == 200
    assert (
        quiet.get(
            "/", sec_fetch_site="cross-site", sec_fetch_mode="navigate", sec_fetch_dest="iframe"
        ).status
        == 403
    )
    assert quiet.ask("PUT", "/api/edit", b"{}", {}).status == 405
    assert quiet.ask("OPTIONS", "/api/edit", None, {}).status == 405


def test_a_body_larger_than_it_says_is_cut_off(quiet: Studio) -> None:
    body = b'{"ops":"' + b"x" * 1_100_000 + b'"}'
    assert quiet.post("/api/edit", body).status == 413
    chunked: dict[str, str | None] = {"content_length": None, "transfer_encoding": "chunked"}
    assert quiet.post("/api/edit", body, **chunked).status == 413
    assert quiet.post("/api/edit", b"{}", **chunked).status == 400


@pytest.mark.parametrize(
    "path",
    [
        "/page/../server.py", "/page/%2e%2e/server.py", "/page/..%2fserver.py", "/page/index.html.bak",
        "/page/", "/export/../case.toml", "/export/case.toml", "/export/%2fetc%2fpasswd", "/font/../x.woff2",
        "/font/bold.woff2", "/api/../case.toml", "//etc/passwd", "/scenarios/x.toml", "/api/edit",
    ],
)  # fmt: skip
def test_only_files_of_the_page_are_served(quiet: Studio, path: str) -> None:
    answer = quiet.get(path)
    assert answer.status in {404, 405}
    assert b"base_year" not in answer.body


@pytest.mark.parametrize(
    "body",
    [b"", b"[", b"[]", b"3", b"\xff", b"[" * 100_000, b"{}", b'{"revision":"0","ops":[]}',
     b'{"revision":true,"ops":[{}]}', b'{"revision":0,"ops":{}}', b'{"revision":0,"ops":[]}'],
)  # fmt: skip
def test_what_is_no_request_is_refused_in_plain_words(quiet: Studio, body: bytes) -> None:
    answer = quiet.post("/api/edit", body)
    assert answer.status == 400
    assert "reload" in answer.words


def test_only_the_loopback_is_listened_on() -> None:
    own = listen(0)
    assert own.getsockname()[0] == "127.0.0.1"
    own.listen(1)
    with pytest.raises(UsageError, match="port"):
        listen(own.getsockname()[1])
    own.close()


# What edits do


def test_the_first_state_has_all_that_the_page_shows(quiet: Studio) -> None:
    state = quiet.answered()
    assert state["scenario"]["differences"] == []
    assert [row["row"] for row in state["grid"]] == [
        "scheme:S1",
        "provision:R",
        "provision:H",
        "provision:V",
    ]
    assert state["grid"][0]["decision"] == "opens 2026/27"
    assert {row["name"]: row["value"] for row in state["settings"]} == {
        "budget": 600000,
        "growth": 100,
        "hour": 0,
    }
    assert [site["state"] for site in state["sites"]] == ["stands", "opens", "stands"]
    assert [year["words"] for year in state["answer"]["years"]] == ["2025/26", "2026/27", "2027/28"]
    case = quiet.get("/api/case").json
    assert case["title"] == "A town"
    assert case["new_base"]["kind"] == "base"


def numbers_of_children(value: Any) -> Iterator[object]:  # noqa: ANN401
    """Yield everything that is told as a number of children."""
    if isinstance(value, dict):
        if set(value) == {"text", "value"}:
            yield value["value"]
        if value.get("unit") in {"children", "child-years"}:
            yield from (value["value"], value["change"])
        for part in value.values():
            yield from numbers_of_children(part)
    if isinstance(value, list):
        for part in value:
            yield from numbers_of_children(part)


def test_no_small_number_of_children_is_told(quiet: Studio) -> None:
    state = quiet.until(lambda state: state["answer"] and state["answer"]["changes"])
    told = list(numbers_of_children(state))
    assert len(told) > 100
    assert set(told) <= {None, 0, 5}
    assert all(
        of <= 0
        for year in state["answer"]["years"]
        for layer in year["layers"].values()
        for of in layer["classes"].values()
    )


@pytest.mark.parametrize(
    ("used", "places", "said"),
    [
        (8.0, 8.0, "full"),
        (7.9, 8.0, "nearly full"),
        (33.0, 34.0, "nearly full"),
        (26.0, 34.0, "25 used"),
        (40.0, 34.0, "40 used"),
        (4.0, 4.0, "fewer than 5 used"),
        (12.0, None, "10 used"),
        (0.0, 8.0, "0 used"),
    ],
)
def test_no_rounding_says_more_children_than_places(
    used: float, places: float | None, said: str
) -> None:
    answered = cast("Answered", SimpleNamespace(counts=Counts()))
    told = told_use(used, answered, places)
    assert told is not None
    assert told["text"] == said


def test_edits_change_what_is_in_hand_and_undo_brings_it_back(page: Studio) -> None:
    first = page.state
    done = page.do({"op": "choice", "scheme": "S1", "value": "shut"})
    assert done.status == 200
    assert done.json["revision"] == 1
    state = page.answered()
    assert state["scenario"]["differences"] == ["Extension: stays shut"]
    assert state["grid"][0]["decision"] == "not chosen"
    assert page.post("/api/undo", {"revision": 1}).status == 200
    back = page.answered()
    assert back["answer"]["headlines"] == first["answer"]["headlines"]
    assert back["scenario"]["redo_words"] == "Extension: stays shut"
    assert page.post("/api/redo", {"revision": 2}).json["state"]["scenario"]["differences"]
    assert page.post("/api/redo", {"revision": 3}).status == 422


def test_a_stale_tab_is_told_and_changes_nothing(page: Studio) -> None:
    assert page.do({"op": "setting", "name": "hour", "value": 5}).status == 200
    late = page.post("/api/edit", {"revision": 0, "ops": [{"op": "clear"}]})
    assert late.status == 409
    assert "another tab" in late.words
    assert late.json["state"]["revision"] == 1


def test_what_the_checks_refuse_changes_nothing_and_says_where(page: Studio) -> None:
    before = page.state["scenario"]
    year = {"op": "set", "row": "scheme:S1", "column": "earliest_year", "value": "20"}
    fine = {"op": "set", "row": "scheme:S1", "column": "capital_gbp", "value": "1"}
    refused = page.do(fine, year)
    assert refused.status == 422
    fault = refused.json["error"]["faults"][0]
    assert (fault["code"], fault["table"], fault["id"], fault["column"]) == (
        "E604",
        "schemes",
        "S1",
        "earliest_year",
    )
    assert page.state["scenario"] == before


@pytest.mark.parametrize(
    ("op", "words"),
    [
        ({"op": "fly"}, "reload"),
        ({"op": "choice", "scheme": "S9", "value": "open"}, "no such scheme"),
        ({"op": "choice", "scheme": "S1", "value": "yes"}, "must open"),
        ({"op": "set", "row": "scheme:S9", "column": "places", "value": 1}, "no such row"),
        ({"op": "set", "row": "provision:H", "column": "capital_gbp", "value": 1}, "only a scheme"),
        (
            {"op": "set", "row": "scheme:S1", "column": "provision_id", "value": "R"},
            "no such column",
        ),
        ({"op": "set", "row": "scheme:S1", "column": "places", "value": "many"}, "give a number"),
        ({"op": "set", "row": "scheme:S1", "column": "places", "value": -1}, "number of places"),
        ({"op": "set", "row": "scheme:S1", "column": "places", "value": [1]}, "give a number"),
        ({"op": "setting", "name": "hour", "value": -1}, "from 0"),
        ({"op": "setting", "name": "travel.roads", "value": "/etc/passwd"}, "outside the case"),
        ({"op": "setting", "name": "map.boundary", "value": "/etc/passwd"}, "cannot be changed"),
        ({"op": "setting", "name": "disclosure.threshold", "value": 1}, "cannot be changed"),
        ({"op": "move", "provision": "H", "x": 1e9, "y": 0}, "outside the country"),
        ({"op": "move", "provision": "X", "x": 375000, "y": -165000}, "no such site"),
        ({"op": "remove", "row": "scheme:S1"}, "stay shut"),
        ({"op": "base", "name": "N", "x": 375000, "y": -165000, "needs": "XYZ"}, "need"),
    ],
)
def test_an_edit_that_cannot_be_is_refused_in_plain_words(
    quiet: Studio, op: dict[str, Any], words: str
) -> None:
    answer = quiet.do(op)
    assert answer.status == 422
    assert words in answer.words
    assert quiet.session.work.revision == 0


def test_a_base_is_dropped_on_the_map_moved_and_taken_off(page: Studio) -> None:
    base = {"op": "base", "name": "New base", "x": 379100.4, "y": -164200, "needs": "SEMH", "ncy_from": 7,
            "ncy_to": 11, "places": 6, "capital_gbp": "100k", "gbp_per_child": 5000, "choice": "open"}  # fmt: skip
    made = page.do(base).json["made"]
    assert made == ["NEW-1"]
    state = page.answered()
    row = next(row for row in state["grid"] if row["id"] == "NEW-1")
    assert (row["places"], row["capital_gbp"], row["new"]) == (6, 100000, True)
    assert row["opens"] is not None
    site = next(site for site in state["sites"] if site["id"] == "NEW-1")
    assert (site["x"], site["y"], site["state"]) == (379100, -164200, "opens")
    assert page.do({"op": "move", "provision": "NEW-1", "x": 374000, "y": -165000}).status == 200
    assert page.do({"op": "remove", "row": "scheme:NEW-1"}).status == 200
    assert page.state["scenario"]["differences"] == []


def test_places_are_scaled_and_words_are_read_as_people_write_them(page: Studio) -> None:
    ops = [
        {"op": "set", "row": "scheme:S1", "column": "places", "value": " 5 "},
        {"op": "set", "row": "scheme:S1", "column": "capital_gbp", "value": "£0.45m"},
        {"op": "set", "row": "provision:R", "column": "places", "value": "3"},
        {"op": "setting", "name": "budget", "value": "£1,000,001"},
    ]
    state = page.do(*ops).json["state"]
    assert state["grid"][0]["places"] == 5
    assert state["grid"][0]["capital_gbp"] == 450000
    assert sorted(state["grid"][0]["changed"]) == ["capital_gbp", "places"]
    assert next(row for row in state["grid"] if row["id"] == "R")["places"] == 3
    budget = page.session.prepared.case.settings.capital.budget_gbp
    assert budget is not None
    assert sum(budget.values()) == 1000001
    assert state["scenario"]["undo_words"] == "4 changes"
    assert (
        page.do({"op": "reset", "row": "scheme:S1"}, {"op": "clear"}).json["state"]["scenario"][
            "differences"
        ]
        == []
    )


@pytest.mark.parametrize(
    ("given", "number"),
    [("34 ", 34), ("£1,200,000", 1.2e6), ("1.2m", 1.2e6), ("40k", 40000), ("15%", 15), ("", None), (None, None),
     (3.5, 3.5), ("-2", -2), ("1 000", 1000), (".5", 0.5)],
)  # fmt: skip
def test_amounts(given: object, number: float | None) -> None:
    assert amount(given, "it") == number


@pytest.mark.parametrize(
    "given", ["x", "1.2.3", "1e5", "nan", "inf", True, [], "9" * 400, float("nan")]
)
def test_what_is_no_amount(given: object) -> None:
    with pytest.raises(UsageError, match="it: "):
        amount(given, "it")


def test_shares_add_up() -> None:
    assert shared(10, [1, 1, 1]) == [4, 3, 3]
    assert shared(7, [0, 0]) == [3.5, 3.5]
    assert sum(shared(101, [14, 26, 7])) == 101
    assert shared(2.5, [1, 4]) == [0.5, 2]


# Nothing is lost


def test_scenarios_are_saved_opened_compared_and_put_away(page: Studio, town: Path) -> None:
    page.do({"op": "choice", "scheme": "S1", "value": "shut"})
    saved = page.post("/api/save", {"revision": 1, "title": "Without: S1 & more"})
    assert saved.json["state"]["scenario"]["name"] == "without-s1-more"
    assert not saved.json["state"]["scenario"]["changed"]
    again = page.post("/api/save", {"revision": 1, "name": "without-s1-more", "title": "x"})
    assert again.status == 200
    page.do({"op": "clear"})
    assert (
        page.post("/api/save", {"revision": 2, "name": "without-s1-more", "replace": True}).status
        == 200
    )
    page.post("/api/new", {"revision": 2})
    taken = page.post("/api/save", {"revision": 3, "name": "without-s1-more", "title": "y"})
    assert taken.status == 409
    assert taken.json["exists"] is True
    for name in ("../x", "a/b", "", "x" * 99):
        assert page.post("/api/open", {"revision": 3, "name": name or "?"}).status == 422
        assert page.post("/api/delete", {"name": name}).status == 422
    assert page.post("/api/against", {"key": "scenario:without-s1-more"}).status == 200
    assert page.answered()["against"]["key"] == "scenario:without-s1-more"
    assert page.post("/api/against", {"key": "case"}).status == 200
    assert page.answered()["against"]["title"] == "the case as it is"
    assert page.post("/api/against", {"key": "scenario:none"}).status == 422
    assert page.post("/api/delete", {"name": "without-s1-more"}).json["state"]["scenarios"] == []
    assert (town / "scenarios" / ".deleted" / "without-s1-more.toml").is_file()


def test_work_in_hand_is_there_after_a_crash(town: Path) -> None:
    with studio(town) as page:
        page.do({"op": "choice", "scheme": "S1", "value": "shut"})
        page.do({"op": "setting", "name": "hour", "value": 3})
        page.post("/api/hint", {})
    with studio(town) as page:
        state = page.state
        assert len(state["scenario"]["differences"]) == 2
        assert state["scenario"]["can_undo"]
        assert not page.get("/api/case").json["first_visit"]
        assert page.post("/api/undo", {"revision": state["revision"]}).json["state"]["scenario"][
            "differences"
        ] == ["Extension: stays shut"]


def test_work_that_no_longer_fits_is_put_aside(town: Path) -> None:
    with studio(town) as page:
        page.do({"op": "choice", "scheme": "S1", "value": "shut"})
    change(town, "schemes.csv", "S1,", "S7,")
    change(town, "scheme_places.csv", "S1,", "S7,")
    with studio(town) as page:
        assert page.state["scenario"]["differences"] == []
        assert "put aside" in page.state["problem"]
    assert list((town / "scenarios" / ".studio").glob("*.old.json"))


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"form":1,"steps":3}', '{"form":1,"steps":[{}],"at":9,"revision":0}']
)
def test_a_damaged_file_of_work_is_no_harm(town: Path, text: str) -> None:
    (town / "scenarios" / ".studio").mkdir(parents=True)
    (town / "scenarios" / ".studio" / "case.json").write_text(text)
    with studio(town) as page:
        assert page.state["revision"] == 0


def test_a_solver_that_fails_leaves_the_last_good_answer(
    page: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = page.state["answer"]

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("kid-c is unwell")

    with monkeypatch.context() as patch:
        patch.setattr(Warm, "solve", fail)
        page.do({"op": "setting", "name": "budget", "value": 1})
        state = page.until(lambda state: state["problem"])
        assert state["problem"].startswith("The solver failed.")
        assert "kid-c" not in json.dumps(state)
        assert state["answer"]["revision"] == good["revision"]
        assert not state["answer"]["current"]
        assert state["answer"]["headlines"] == good["headlines"]
    page.post("/api/solve", {})
    assert page.answered()["problem"] == ""


def test_no_plan_at_all_is_said_in_plain_words(
    page: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object, **__: object) -> None:
        raise NoPlanError("no plan was found: nothing fits")

    monkeypatch.setattr(Warm, "solve", none)
    page.do({"op": "setting", "name": "budget", "value": 1})
    assert (
        page.until(lambda state: state["problem"])["problem"] == "No plan was found: nothing fits."
    )


def test_a_newer_edit_stops_an_older_solve(page: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    solve, began, go_on = Warm.solve, threading.Event(), threading.Event()
    stopped: list[type[BaseException]] = []

    def slow(self: Any, problem: Any, **asked: Any) -> Any:  # noqa: ANN401
        if not began.is_set():
            began.set()
            go_on.wait(30)
            try:
                asked["progress"]("half way")
            except BaseException as error:
                stopped.append(type(error))
                raise
        return solve(self, problem, **asked)

    monkeypatch.setattr(Warm, "solve", slow)
    page.do({"op": "setting", "name": "budget", "value": 1})
    assert began.wait(30)
    assert page.state["solving"]["revision"] == 1
    page.do({"op": "setting", "name": "budget", "value": 600000})
    page.do({"op": "setting", "name": "budget", "value": 2})
    go_on.set()
    state = page.answered()
    assert state["answer"]["revision"] == 3
    assert stopped == [StoppedError]


def test_edits_are_not_solved_until_asked_where_that_is_chosen(page: Studio) -> None:
    page.post("/api/auto", {"on": False})
    page.do({"op": "choice", "scheme": "S1", "value": "shut"})
    assert not page.state["answer"]["current"]
    page.post("/api/solve", {})
    assert page.answered()["answer"]["revision"] == 1


# The same truth


def to_the_pound(page: Studio, written: Written) -> None:
    """Assert that the figures on the page are those of a plan's folder."""
    answer, summary = page.answered()["answer"], written.summary
    assert headline(answer, "cost")["value"] == pytest.approx(summary["cost_gbp"], abs=0.5)
    for key, item in (("fees", "independent fees"), ("transport", "transport")):
        assert headline(answer, key)["value"] == pytest.approx(summary["ledger_gbp"][item], abs=0.5)
    by_item: dict[str, float] = {}
    for year in answer["years"]:
        for row in year["money"]:
            by_item[row["item"]] = by_item.get(row["item"], 0) + row["gbp"]
    for item, gbp in summary["ledger_gbp"].items():
        assert by_item[item] == pytest.approx(gbp, abs=0.5), item
    opens = {scheme["id"]: scheme["opens"] for scheme in answer["schemes"]}
    assert opens == {scheme["scheme_id"]: scheme["year"] for scheme in summary["schemes"]}
    before, nothing = summary["baseline"], page.state["other"]
    assert headline(nothing, "cost")["value"] == pytest.approx(before["cost_gbp"], abs=0.5)
    change = headline(answer, "cost")["change"]
    expected = summary["cost_gbp"] - before["cost_gbp"]
    assert change == pytest.approx(expected if abs(expected) >= 500 else 0, abs=1)


def test_the_figures_are_those_of_a_plan_of_the_saved_scenario(page: Studio, town: Path) -> None:
    page.do(
        {"op": "set", "row": "scheme:S1", "column": "places", "value": 3},
        {"op": "setting", "name": "growth", "value": 250},
        {"op": "setting", "name": "hour", "value": 4},
        {"op": "move", "provision": "V", "x": 385000, "y": -165500},
    )
    page.post("/api/save", {"revision": 1, "title": "More"})
    to_the_pound(page, plan(town, town.parent / "out", scenario="more"))


@pytest.mark.slow
def test_the_papers_are_a_plan_of_what_is_on_the_page(page: Studio, town: Path) -> None:
    page.do({"op": "set", "row": "scheme:S1", "column": "places", "value": 3})
    assert page.post("/api/export", {"revision": 1}).status == 200
    assert page.post("/api/export", {"revision": 1}).status == 422
    told = page.until(lambda state: state["export"]["status"] != "running")["export"]
    assert told["status"] == "done", told["words"]
    assert [file["key"] for file in told["files"]] == ["report", "word", "workbook", "pdf"]
    assert told["folder"] == "plans/what-if"
    to_the_pound(page, Written(town / "plans" / "what-if"))
    report = page.get("/export/report.html")
    assert report.headers["content-security-policy"].startswith("sandbox allow-scripts")
    assert b"What if" in report.body
    assert page.get("/export/paper.docx").body[:2] == b"PK"
    assert page.get("/export/summary.json").status == 404
    (town / "plans" / "what-if" / "paper.docx").write_bytes(b"edited by an officer")
    page.post("/api/export", {"revision": 1})
    told = page.until(lambda state: state["export"]["status"] != "running")["export"]
    assert told["status"] == "failed"
    assert "changed after the plan was written" in told["words"]
    change(town, "prices.csv", "V,*,0,14,,60000", "V,*,0,14,,60001")
    assert "start it again" in page.post("/api/export", {"revision": 1}).words


@pytest.mark.slow
def test_papers_can_be_stopped_and_then_nothing_is_written(page: Studio, town: Path) -> None:
    page.post("/api/export", {"revision": 0})
    page.post("/api/export/cancel", {})
    told = page.until(lambda state: state["export"]["status"] != "running")["export"]
    assert told["status"] == "failed"
    assert not (town / "plans").exists() or not list((town / "plans").iterdir())


def test_the_work_is_kept_for_its_owner_alone(page: Studio, town: Path) -> None:
    page.do({"op": "clear"})
    work = town / "scenarios" / ".studio" / "case.json"
    assert work.stat().st_mode & 0o077 == 0
    assert kept_work(town)["revision"] == 1
    assert name_of("  Ünlikely // Name  ") == "nlikely-name"


def test_the_button_stops_the_studio_and_those_who_wait_are_told(town: Path) -> None:
    with studio(town) as page:
        seq = page.answered()["seq"]
        waited: list[int] = []
        waiting = threading.Thread(
            target=lambda: waited.append(page.get(f"/api/state?seen={seq}").status)
        )
        waiting.start()
        page.post("/api/stop", {})
        waiting.join(10)
        assert waited in ([503], [200])
