"""The query parameters of the library, for pages and programs alike."""

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from werkzeug.datastructures import MultiDict

from service.catalogue.query import PAGE_SIZE, SORTS, Query
from service.errors import ServiceError

MAX_LIMIT = 100
_MAX_PAGE = 1_000_000
_ORDERS = [*SORTS, *(f"-{sort}" for sort in SORTS)]


class ParameterError(ServiceError):
    """Query parameters that are not understood; `problems` says of each why."""

    def __init__(self, problems: Iterable[tuple[str, str]]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{name}: {reason}" for name, reason in self.problems))


def _digits(value: object) -> object:
    # stricter than int(), which takes signs, spaces and underscores
    if isinstance(value, str) and not (value.isascii() and value.isdigit() and len(value) < 10):
        raise ValueError("must be a whole number, in digits only")
    return value


def _known_order(value: str) -> str:
    if value not in _ORDERS:
        raise ValueError(f"must be one of {', '.join(SORTS)}, or one of them after a hyphen")
    return value


Whole = Annotated[int, BeforeValidator(_digits)]


class Parameters(BaseModel):
    """What may be asked for; each parameter once."""

    model_config = ConfigDict(extra="forbid")

    q: str = Field(
        "",
        max_length=200,
        description="Words, all of which title and folder have to contain; case and accents do not matter",
    )
    sort: Annotated[str, BeforeValidator(_known_order)] = Field(
        "name",
        description="What to sort by; `-` before it means descending. `name` is the path, numbers in it "
        "by their value; what has no known duration comes last",
        json_schema_extra={"enum": [*_ORDERS]},
    )
    order: Literal["asc", "desc"] | None = Field(
        None, description="The direction; it wins over the hyphen of `sort`"
    )
    page: Whole = Field(1, ge=1, le=_MAX_PAGE, description="Which page, from 1; one behind the last is empty")
    limit: Whole = Field(PAGE_SIZE, ge=1, le=MAX_LIMIT, description="Videos on a page")

    def query(self) -> Query:
        """Return what is asked for."""
        descending = self.order == "desc" if self.order else self.sort.startswith("-")
        sort = next(sort for sort in SORTS if sort == self.sort.removeprefix("-"))
        return Query(self.q, sort, descending, self.page, self.limit)


def parse_parameters(values: MultiDict[str, str]) -> Parameters:
    """Read the parameters, or raise ParameterError with everything that is wrong."""
    problems = [(name, "must be given once only") for name, given in values.lists() if len(given) > 1]
    parameters = None
    try:
        parameters = Parameters.model_validate(values.to_dict())
    except ValidationError as error:
        problems += [
            _problem(str(detail["loc"][0]), detail["type"], detail["msg"]) for detail in error.errors()
        ]
    if problems or parameters is None:
        raise ParameterError(problems)
    return parameters


def parse_leniently(values: MultiDict[str, str]) -> Parameters:
    """Read the parameters of a page's address, which may carry others too: links are passed around."""
    known = [(name, value) for name, value in values.items(multi=True) if name in {"q", "sort", "page"}]
    return parse_parameters(MultiDict(known))


def _problem(name: str, kind: str, message: str) -> tuple[str, str]:
    if kind == "extra_forbidden":
        return name, f"is not a parameter here; there are {', '.join(Parameters.model_fields)}"
    reason = message.removeprefix("Value error, ").removeprefix("Input ").removeprefix("String ")
    return name, reason[0].lower() + reason[1:]
