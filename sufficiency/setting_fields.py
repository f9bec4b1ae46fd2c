"""What settings are made of: their base, the notes of a field, and the kinds of value they take."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


class Frozen(BaseModel):
    """A part of the settings: exact types, no unknown keys, never changed."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def whole_keys(table: object) -> object:
    """Turn the keys of a TOML table, always text, into whole numbers where they are."""
    if not isinstance(table, dict):
        return table
    return {int(k) if str(k).lstrip("-").isdigit() else k: v for k, v in table.items()}


def about(
    meaning: str, unit: str = "", source: str = "", least: float = 0, most: float | None = None
) -> Any:  # noqa: ANN401
    """Return a number's note: meaning, unit, source of the default, and what it may be."""
    notes: dict[str, Any] = {"unit": unit, "source": source}
    return Field(
        description=meaning, json_schema_extra=notes, ge=least, le=most, allow_inf_nan=False
    )


def note(meaning: str, unit: str = "", source: str = "") -> Any:  # noqa: ANN401
    """Return the note of a setting that is not a number."""
    return Field(description=meaning, json_schema_extra={"unit": unit, "source": source})


MOST_GBP = 1e9
Percent = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
Minutes = Annotated[float, Field(ge=0, le=1440, allow_inf_nan=False)]
Gbp = Annotated[float, Field(ge=0, le=MOST_GBP, allow_inf_nan=False)]
Metres = Annotated[float, Field(ge=0, le=1.3e6, allow_inf_nan=False)]
Year = Annotated[int, Field(ge=1990, le=2100)]
Ncy = Annotated[int, Field(ge=-4, le=20)]
ByNcy = Annotated[dict[Ncy, Percent], BeforeValidator(whole_keys)]
ByYear = Annotated[dict[Year, Gbp], BeforeValidator(whole_keys)]
