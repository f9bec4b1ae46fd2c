"""The command line: thin commands around :mod:`sufficiency`. Heavy imports stand inside them."""

from __future__ import annotations

import click

from sufficiency import __version__


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="sufficiency")
def main() -> None:
    """Plan where SEND places are needed, what they cost and what they save."""


if __name__ == "__main__":
    main()
