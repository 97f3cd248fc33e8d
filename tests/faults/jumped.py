"""The product's settings on a clock that has jumped."""

import os

from config.settings import *  # noqa: F403

CLOCK_OFFSET_SECONDS = int(os.environ["JUMP_SECONDS"])
