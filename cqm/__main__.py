"""`python -m cqm`: the `cqm` command."""

from cqm.cli import main

if __name__ == "__main__":
    main()
