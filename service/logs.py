"""Logging: one line an event on stdout, JSON or readable, ours and the libraries' alike."""

import logging
import logging.config
from typing import Any

import structlog

_QUIET = ("asyncio", "hypercorn.access", "watchfiles.main")
"""Loggers whose information is noise: what asyncio uses, an access log like ours, every change of a file."""


def configure_logging(level: str, log_format: str) -> None:
    """Send structlog's and the standard library's records through one renderer to stdout."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="timestamp"),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(_handlers(level, shared, _renderers(log_format)))


def _renderers(log_format: str) -> list[structlog.typing.Processor]:
    strip = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if log_format == "console":
        return [strip, structlog.dev.ConsoleRenderer()]
    return [strip, structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]


def _handlers(
    level: str, shared: list[structlog.typing.Processor], renderers: list[structlog.typing.Processor]
) -> dict[str, Any]:
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": shared,
        "processors": renderers,
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter},
        "handlers": {
            "stdout": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "line"}
        },
        "root": {"handlers": ["stdout"], "level": level.upper()},
        "loggers": {name: {"level": "WARNING"} for name in _QUIET},
    }
