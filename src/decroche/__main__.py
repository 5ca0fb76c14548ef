"""Let ``python -m decroche`` be the ``decroche`` command."""

from decroche.operations.cli import main

if __name__ == "__main__":
    main()
