"""Invented SEN2 returns in the layout that COLLECT exports, and what should become of everybody.

Nobody here exists. What identifies a person is filled with words that can be looked for in
whatever an import writes or says (`SECRETS`).
"""

from __future__ import annotations

import csv
import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

VERSIONS = ("1.1", "1.2", "1.3")
SECRETS = ("Quimbleford", "Ottoline", "Z999", "ETHNX", "QSEX", "ULN88", "NATIVE77", "SRC66")
POSTCODES = (
    "BA3 4AH", "BA1 1UB", "BS39 7LS", "BA2 4NF", "BA1 7NB", "BA3 2PL", "BA2 0DB", "BA2 7WS",
)  # fmt: skip
NEEDS = ("ASD", "SEMH", "SLCN", "MLD", "SLD")
SPECIAL, SCHOOL_WITH_BASE, ELSEWHERE = "900001", "900002", "900099"
BASE_YEAR = 2025
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

HEADERS = {
    "sen2": "sen2tableid NativeId sourceid year lea",
    "person": "persontableid NativeId personorderseqcolumn sourceid sen2tableid surname forename "
    "personbirthdate {sex} ethnicity postcode upn uniquelearnernumber upnunknown",
    "requests": "requeststableid NativeId requestsorderseqcolumn sourceid persontableid receiveddate "
    "{requestsource} rya requestoutcomedate requestoutcome requestmediation requesttribunal exported",
    "assessment": "assessmenttableid NativeId assessmentorderseqcolumn sourceid requeststableid "
    "assessmentoutcome assessmentoutcomedate assessmentmediation assessmenttribunal othermediation "
    "othertribunal week20",
    "namedplan": "namedplantableid NativeId namedplanorderseqcolumn sourceid assessmenttableid "
    "startdate planres planwbp pb oa dp ceasedate ceasereason",
    "plandetail": "plandetailtableid NativeId plandetailorderseqcolumn sourceid namedplantableid urn "
    "ukprn sensetting sensettingother placementrank senunitindicator resourcedprovisionindicator",
    "activeplans": "activeplanstableid NativeId activeplansorderseqcolumn sourceid requeststableid "
    "transferla {active} lastreview",
    "placementdetail": "placementdetailtableid NativeId placementdetailorderseqcolumn sourceid "
    "activeplanstableid urn ukprn sensetting sensettingother placementrank entrydate leavingdate "
    "{attendance} senunitindicator resourcedprovisionindicator {res}",
    "senneed": "senneedtableid NativeId senneedorderseqcolumn sourceid activeplanstableid sentype "
    "sentyperank",
}  # fmt: skip
CHANGING = {
    "1.1": {"sex": "gendercurrent", "active": "res wbp reviewmeeting reviewdraft",
            "attendance": "attendancepattern"},
    "1.2": {"sex": "sex", "active": "reviewmeeting reviewoutcome reviewdraft", "res": "res wbp"},
    "1.3": {"sex": "sex", "active": "reviewmeeting reviewoutcome reviewdraft phasetransferduedate "
            "phasetransferfinaldate", "res": "res wbp", "requestsource": "requestsource"},
}  # fmt: skip


@dataclass(frozen=True)
class Story:
    """What happened to a person, and what should become of it.

    Attributes
    ----------
    ncy
        In `BASE_YEAR`; None for a date of birth that cannot be read.
    places
        Placements: setting or URN, rank, entry year, leaving year or 0, whether flagged.
    plan
        ``active``, ``named`` (newly issued), ``ceased``, ``none``, or ``again`` (one ceased, one not).
    """

    outcome: str
    why: str
    ncy: int | None = 3
    places: tuple[tuple[str, int, int, int, bool], ...] = ((SPECIAL, 1, 2022, 0, False),)
    plan: str = "active"
    transferla: str = ""


HERE, GONE = "at a provision of the case", "at a school that the case does not have"
ON = "move on: all places of their school are for younger children"
OLA = "OLA: other arrangements by the council, tuition out of school"


def _in(setting: str) -> tuple[tuple[str, int, int, int, bool], ...]:
    return ((setting, 1, 2023, 0, False),)


STORIES = {
    "special": Story("placed", HERE),
    "base": Story("placed", HERE, places=((SCHOOL_WITH_BASE, 1, 2022, 0, True),)),
    "transferred in": Story("placed", HERE, transferla="866"),
    "dual": Story("placed", HERE, places=((SPECIAL, 1, 2022, 0, False), ("OLA", 2, 2023, 0, False))),
    "moved": Story("placed", HERE, places=((ELSEWHERE, 1, 2020, 2023, False), (SPECIAL, 1, 2023, 0, False))),
    "moved, not closed": Story("placed", HERE, places=((ELSEWHERE, 1, 2020, 0, False), (SPECIAL, 1, 2023, 0, False))),
    "again": Story("placed", HERE, plan="again"),
    "newly": Story("placed", HERE, plan="named"),
    "transfer": Story("seeking", ON, ncy=7, places=((SCHOOL_WITH_BASE, 1, 2022, 0, True),)),
    "newly, no school": Story("seeking", "OTH: other setting, or a type of setting named but no school",
                              places=_in("OTH"), plan="named"),
    "tuition": Story("seeking", OLA, places=_in("OLA")),
    "waiting": Story("seeking", "NIEO: not in education, such as waiting for a placement", places=_in("NIEO")),
    "nursery": Story("seeking", "EYP: early years provider: will need a school in Reception", ncy=-1,
                     places=_in("EYP")),
    "young": Story("seeking", "under school age: need a school in Reception", ncy=-2, places=_in(ELSEWHERE)),
    "ended": Story("seeking", "their placement ends, and none follows", places=((SPECIAL, 1, 2020, 2023, False),)),
    "elsewhere": Story("left out", GONE, places=_in(ELSEWHERE)),
    "home": Story("left out", "EHE: educated at home by choice", places=_in("EHE")),
    "parents": Story("left out", "OPA: other arrangements made by the parents", places=_in("OPA")),
    "neet": Story("left out", "NEET: not in education, employment or training, 16 to 25", ncy=13, places=_in("NEET")),
    "notice": Story("left out", "NIEC: notice given that the plan will cease", places=_in("NIEC")),
    "nothing": Story("left out", "no school or setting is recorded", places=()),
    "odd code": Story("left out", "a setting code that SEN2 does not have, and no school", places=_in("QQQ")),
    "ceased": Story("left out", "the plan has ceased, or moved to another council", plan="ceased"),
    "refused": Story("left out", "no plan: requested, assessed or refused only", plan="none", places=()),
    "old": Story("left out", "past the year of the 25th birthday", ncy=23),
    "past 19": Story(
        "left out",
        "past the last year group that the case plans for (last_ncy of its settings)",
        ncy=16,
    ),
    "undated": Story("left out", "no date of birth that can be used", ncy=None),
}  # fmt: skip


@dataclass
class Return:
    """Rows of an export by part, and what should become of its people."""

    version: str
    rows: dict[str, list[dict[str, str]]] = field(default_factory=lambda: {n: [] for n in HEADERS})
    told: list[str] = field(default_factory=list)
    secrets: set[str] = field(default_factory=lambda: set(SECRETS))

    def add(self, part: str, **cells: str) -> str:
        """Add a row; return its reference."""
        number = str(1000 + 7 * len(self.rows[part]))
        self.rows[part].append(
            {f"{part}tableid": number, "NativeId": "NATIVE77", "sourceid": "SRC66", **cells}
        )
        return number

    def header(self, part: str) -> list[str]:
        """Return the column names of a part in this version."""
        blanks = dict.fromkeys(("sex", "requestsource", "active", "attendance", "res"), "")
        return HEADERS[part].format(**(blanks | CHANGING[self.version])).split()

    def expected(self) -> Counter[tuple[str, str]]:
        """Return how many people should have each outcome, and why."""
        return Counter((STORIES[story].outcome, STORIES[story].why) for story in self.told)

    def write(self, folder: Path, day: str = "17-02-2025", shuffle: int | None = None) -> Path:
        """Write the files, their rows in another order if a seed is given."""
        folder.mkdir(parents=True, exist_ok=True)
        for part, rows in self.rows.items():
            mixed = random.Random(shuffle).sample(rows, len(rows)) if shuffle else rows
            path = folder / f"Blade-Export_{day}_{part}.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, self.header(part), restval="", extrasaction="ignore")
                writer.writeheader()
                writer.writerows(mixed)
        return folder


def invent(people: int = 300, version: str = "1.3", seed: int = 1, *stories: str) -> Return:
    """Invent a return of so many people, who between them have every story."""
    made, dice = Return(version), random.Random(seed)
    made.add("sen2", year="2025", lea="800")
    names = list(stories or STORIES)
    for number in range(people):
        _person(made, names[number % len(names)], number, dice)
    return made


def _person(made: Return, name: str, number: int, dice: random.Random) -> None:
    story = STORIES[name]
    made.told.append(name)
    day, month = dice.randint(1, 28), dice.randint(1, 12)
    ncy = story.ncy if story.ncy is not None else 0
    born = f"{BASE_YEAR - ncy - 4 - (month >= 9)}-{MONTHS[month - 1]}-{day:02d} 00:00:00"
    upn, postcode = f"Z999{number:08d}1", dice.choice(POSTCODES)
    made.secrets |= {upn, born[:11], f"{born[:4]}-{month:02d}-{day:02d}", postcode}
    made.secrets.add(f"{day:02d}/{month:02d}/{born[:4]}")
    person = made.add(
        "person", surname=f"Quimbleford-{number}", forename=f"Ottoline {number}", gendercurrent="QSEX",
        personbirthdate=born if story.ncy is not None else "not known", ethnicity="ETHNX", sex="QSEX",
        postcode=postcode, upn=upn, uniquelearnernumber=f"ULN88{number}",
    )  # fmt: skip
    if story.plan == "again":
        _plan(made, person, story, dice, ceased=True)
    _plan(made, person, story, dice, ceased=story.plan == "ceased")


def _plan(made: Return, person: str, story: Story, dice: random.Random, *, ceased: bool) -> None:
    request = made.add(
        "requests", persontableid=person, receiveddate="2019-Jan-08 00:00:00", requestoutcome="Y"
    )
    if story.plan == "none":
        return
    assessment = made.add("assessment", requeststableid=request, assessmentoutcome="Y")
    named = made.add(
        "namedplan", assessmenttableid=assessment, startdate="2020-Feb-03 00:00:00",
        ceasedate="2024-Nov-30 00:00:00" if ceased else "", ceasereason="5" if ceased else "",
    )  # fmt: skip
    for place in story.places[-1:]:
        made.add("plandetail", namedplantableid=named, placementrank="1", **_setting(place))
    if story.plan == "named":
        return
    active = made.add("activeplans", requeststableid=request, transferla=story.transferla, res="")
    for place in story.places:
        made.add(
            "placementdetail", activeplanstableid=active, placementrank=str(place[1]),
            entrydate=f"{place[2]}-Sep-05 00:00:00",
            leavingdate=f"{place[3]}-Jul-20 00:00:00" if place[3] else "", **_setting(place),
        )  # fmt: skip
    for rank, need in enumerate(dice.sample(NEEDS, dice.randint(1, 2)), start=1):
        made.add("senneed", activeplanstableid=active, sentype=need, sentyperank=str(rank))


def _setting(place: tuple[str, int, int, int, bool]) -> dict[str, str]:
    code, _, _, _, flagged = place
    flags = {"senunitindicator": "0", "resourcedprovisionindicator": "1" if flagged else "0"}
    return {"urn" if code.isdigit() else "sensetting": code, **flags}


def case(folder: Path) -> Path:
    """Make a case with a special school, a base for primary years, and no children."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        "case.toml": f'title = "Invented"\nbase_year = {BASE_YEAR}\nyears = 3\n',
        "provisions.csv": "provision_id,name,kind,easting_m,northing_m,urn\n"
        f"SP,Invented special,special,374257,161935,{SPECIAL}\n"
        f"RB,Invented base,base,367182,153890,{SCHOOL_WITH_BASE}\n",
        "places.csv": "provision_id,needs,ncy_from,ncy_to,places\nSP,*,0,14,200\nRB,*,0,6,12\n",
        "prices.csv": "provision_id,needs,ncy_from,ncy_to,gbp_per_child\nSP,*,0,14,9000\nRB,*,0,14,8000\n",
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder
