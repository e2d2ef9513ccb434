"""Run the command line with ``python -m innovsurvey``."""

from innovsurvey.cli import main

main()
