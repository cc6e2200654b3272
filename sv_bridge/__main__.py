"""`python -m sv_bridge` is `sv-bridge`, for torchrun."""

from sv_bridge.commands.app import main

if __name__ == "__main__":
    main()
