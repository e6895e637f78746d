"""``python -m evalreport``: the same program as ``evalreport``."""

from evalreport.cli.app import main

if __name__ == "__main__":
    main()
