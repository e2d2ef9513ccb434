"""Run the command line with ``python -m innovsurvey``."""

from innovsurvey.cli.app import main

main()
