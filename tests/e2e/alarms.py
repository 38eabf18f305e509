"""What must never stand in a log, whatever clients do."""

import re

from tests.e2e.targets import Stack

ALARM = re.compile(
    r"Traceback|never awaited|was never retrieved|Task was destroyed|Warning: |\[(emerg|alert|crit)\]|"
    r'"level": "critical"|Error in ASGI Framework|unexpected error'
)


EXPECTED = "sendfile() reported that"
"""nginx's alert about a film that was cut while it was sent: it hangs up, so that the viewer can tell."""


def alarms(stack: Stack) -> list[str]:
    return [line for line in stack.logs().splitlines() if ALARM.search(line) and EXPECTED not in line]
