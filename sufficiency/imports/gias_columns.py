"""The columns of a GIAS extract of establishment fields: those used, and the others we know of.

Columns come and go from year to year, so they are found by name; the order is that of 2023 to 2025.
"""

from __future__ import annotations

NEEDED = (
    "URN",
    "LA (name)",
    "EstablishmentName",
    "TypeOfEstablishment (code)",
    "EstablishmentStatus (code)",
)
"""Without these nothing can be said; any other column may be absent."""
MATTER = (
    "StatutoryLowAge",
    "StatutoryHighAge",
    "SchoolCapacity",
    "NumberOfPupils",
    "CensusDate",
    "SEN1 (name)",
    "ResourcedProvisionCapacity",
    "SenUnitCapacity",
    "Section41Approved (name)",
    "Postcode",
    "Easting",
)
"""Columns that every full extract fills for some school."""
LINKS = ("URN", "LinkURN", "LinkType")
"""The columns of the file of links, all needed."""

_USED = """
    URN | LA (code) | LA (name) | EstablishmentName | TypeOfEstablishment (code) |
    TypeOfEstablishment (name) | EstablishmentStatus (code) | OpenDate | CloseDate |
    PhaseOfEducation (code) | StatutoryLowAge | StatutoryHighAge | SchoolCapacity | CensusDate |
    NumberOfPupils | LastChangedDate | Postcode | PlacesPRU | Section41Approved (name) |
    SEN1 (name) | SEN2 (name) | SEN3 (name) | SEN4 (name) | SEN5 (name) | SEN6 (name) |
    SEN7 (name) | SEN8 (name) | SEN9 (name) | SEN10 (name) | SEN11 (name) | SEN12 (name) |
    SEN13 (name) | TypeOfResourcedProvision (name) | ResourcedProvisionOnRoll |
    ResourcedProvisionCapacity | SenUnitOnRoll | SenUnitCapacity | GSSLACode (name) | Easting |
    Northing
"""
_OTHER = """
    EstablishmentNumber | EstablishmentTypeGroup (code) | EstablishmentTypeGroup (name) |
    EstablishmentStatus (name) | ReasonEstablishmentOpened (code) |
    ReasonEstablishmentOpened (name) | ReasonEstablishmentClosed (code) |
    ReasonEstablishmentClosed (name) | PhaseOfEducation (name) | Boarders (code) |
    Boarders (name) | NurseryProvision (name) | OfficialSixthForm (code) |
    OfficialSixthForm (name) | Gender (code) | Gender (name) | ReligiousCharacter (code) |
    ReligiousCharacter (name) | ReligiousEthos (name) | Diocese (code) | Diocese (name) |
    AdmissionsPolicy (code) | AdmissionsPolicy (name) | SpecialClasses (code) |
    SpecialClasses (name) | NumberOfBoys | NumberOfGirls | PercentageFSM |
    TrustSchoolFlag (code) | TrustSchoolFlag (name) | Trusts (code) | Trusts (name) |
    SchoolSponsorFlag (name) | SchoolSponsors (name) | FederationFlag (name) |
    Federations (code) | Federations (name) | UKPRN | FEHEIdentifier |
    FurtherEducationType (name) | OfstedLastInsp | OfstedSpecialMeasures (code) |
    OfstedSpecialMeasures (name) | Street | Locality | Address3 | Town | County (name) |
    SchoolWebsite | TelephoneNum | HeadTitle (name) | HeadFirstName | HeadLastName |
    HeadPreferredJobTitle | BSOInspectorateName (name) | InspectorateReport |
    DateOfLastInspectionVisit | NextInspectionVisit | TeenMoth (name) | TeenMothPlaces |
    CCF (name) | SENPRU (name) | EBD (name) | FTProv (name) | EdByOther (name) | GOR (code) |
    GOR (name) | DistrictAdministrative (code) | DistrictAdministrative (name) |
    AdministrativeWard (code) | AdministrativeWard (name) | ParliamentaryConstituency (code) |
    ParliamentaryConstituency (name) | UrbanRural (code) | UrbanRural (name) |
    CensusAreaStatisticWard (name) | MSOA (name) | LSOA (name) | InspectorateName (name) |
    SENStat | SENNoStat | BoardingEstablishment (name) | PropsName | PreviousLA (code) |
    PreviousLA (name) | PreviousEstablishmentNumber | OfstedRating (name) | RSCRegion (name) |
    Country (name) | UPRN | SiteName | QABName (code) | QABName (name) |
    EstablishmentAccredited (code) | EstablishmentAccredited (name) | QABReport | CHNumber |
    MSOA (code) | LSOA (code) | FSM | AccreditationExpiryDate
"""


def _names(text: str) -> list[str]:
    return [name for part in text.split("|") if (name := " ".join(part.split()))]


USED: dict[str, str] = {name.lower(): name for name in _names(_USED)}
"""Columns that are read, lower case, to their spelling in GIAS."""
READ = {*USED, *(name.lower() for name in LINKS)}
"""Columns that either file is read for."""
KNOWN = {*USED, *(name.lower() for name in _names(_OTHER))}
"""Columns that an extract has had; any other is new."""
