"""The documentation names what is there: settings, errors, rules, commands, files, columns, figures, links."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from prometheus_client import Metric
from prometheus_client.metrics import MetricWrapperBase
from werkzeug.exceptions import MethodNotAllowed, NotFound, RequestEntityTooLarge

from service import metrics, settings_page
from service.cli import main
from service.domain.errors import Refusal
from service.domain.rules import KINDS
from service.storage import tables
from service.web import problems
from service.web.ops import metrics as gauges

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
SHOWN = {".py", ".html", ".toml", ".css", ".js", ".svg"}
RAISED_BY_FLASK = (NotFound, MethodNotAllowed, RequestEntityTooLarge)
_CODE = re.compile(r'\bcode="(\w+)"|\bproblem\((\d+), "(\w+)"')


def page(name: str) -> str:
    return (DOCS / name).read_text()


def modules() -> Iterator[Path]:
    for folder in ("service", "workers"):
        yield from (ROOT / folder).rglob("*.py")


def refusals(kind: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    yield kind
    for each in kind.__subclasses__():
        yield from refusals(each)


def codes_and_statuses() -> dict[str, int | None]:
    """Every code that a problem document can carry; its HTTP status where one place says it."""
    found: dict[str, int | None] = {}
    for module in modules():
        for named, status, given in _CODE.findall(module.read_text()):
            found[named or given] = int(status) if status else None
    for error in RAISED_BY_FLASK:
        found[error().name.lower().replace(" ", "_")] = error.code
    for kind in refusals():
        found[kind.code] = problems.STATUS.get(kind, None if issubclass(kind, problems.Malformed) else 422)
    return found


def commands(group: click.Group, before: str = "civility") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{before} {name}")
        else:
            yield f"{before} {name}"


def files_that_say_something() -> list[str]:
    found = []
    for path in (path for folder in ("service", "workers") for path in (ROOT / folder).rglob("*")):
        if path.suffix not in SHOWN or "vendor" in path.parts or "__pycache__" in path.parts:
            continue
        if path.name == "__init__.py" and len(ast.parse(path.read_text()).body) <= 1:
            continue
        found.append(path.relative_to(ROOT).as_posix())
    return sorted(found)


def files_in_the_tree() -> set[str]:
    """Those that docs/architecture.md names: the first word of each line in the block under a folder's heading."""
    rooms = re.findall(r"^### `([\w/]+/)`\n.*?^```\n(.*?)^```", page("architecture.md"), re.MULTILINE | re.DOTALL)
    return {room + line.split()[0] for room, block in rooms for line in block.splitlines() if line.strip()}


def metric_names() -> list[str]:
    counted = [each for each in vars(metrics).values() if isinstance(each, MetricWrapperBase)]
    described: list[Metric] = [metric for each in counted for metric in each.describe()]
    return [
        *(metric.name + ("_total" if metric.type == "counter" else "") for metric in described),
        *(name for name, _ in gauges._GAUGES.values()),
    ]


def links() -> Iterator[tuple[Path, str]]:
    for path in PAGES:
        without_code = re.sub(r"```.*?```|`[^`\n]*`", "", path.read_text(), flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)\s]+)\)", without_code):
            if not target.startswith(("http://", "https://", "mailto:")):
                yield path, target


def anchors(path: Path) -> set[str]:
    """The headings' anchors, as GitHub and its likes make them."""
    headings = re.findall(r"^#{1,6} (.+)$", re.sub(r"```.*?```", "", path.read_text(), flags=re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def test_the_configuration_page_is_the_one_that_the_settings_write():
    assert page("configuration.md") == settings_page.render(), (
        "Run `civility config --docs > docs/configuration.md` and commit it."
    )


@pytest.mark.parametrize(("code", "status"), sorted(codes_and_statuses().items()))
def test_every_error_code_is_in_the_table_of_the_api_page_with_its_status(code: str, status: int | None):
    row = re.search(rf"^\| `{code}` \| (\d{{3}}) \| .+ \| .+ \|$", page("api.md"), re.MULTILINE)

    assert row, f"docs/api.md says nothing about {code}"
    assert status is None or int(row[1]) == status


def test_the_api_page_describes_no_code_that_is_gone():
    described = re.findall(r"^\| `(\w+)` \| \d{3} \|", page("api.md"), re.MULTILINE)

    assert set(described) <= set(codes_and_statuses())


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_rule_is_documented_with_an_example(kind: str):
    assert f"| `{kind}` |" in page("policy.md")
    assert f'when = "{kind}"' in page("policy.md")


@pytest.mark.parametrize("command", list(commands(main)))
def test_every_command_is_mentioned(command: str):
    pages = "\n".join(path.read_text() for path in DOCS.rglob("*.md"))

    assert re.search(rf"{command}\b", pages), f"no page under docs/ mentions `{command}`"


def test_the_tree_names_every_file_and_no_other():
    named = files_in_the_tree()

    assert [file for file in files_that_say_something() if file not in named] == []
    assert [file for file in sorted(named) if not (ROOT / file).exists()] == []


@pytest.mark.parametrize("name", metric_names())
def test_every_figure_is_explained_to_operators(name: str):
    assert f"| `{name}` |" in page("operations.md")


@pytest.mark.parametrize("column", [column for table in (tables.replies, tables.authors) for column in table.columns])
def test_every_column_about_a_reader_is_on_the_privacy_page(column):
    assert f"`{column.name}`" in page("privacy.md")


@pytest.mark.parametrize(("path", "target"), list(links()), ids=lambda given: str(given).removeprefix(f"{ROOT}/"))
def test_every_link_leads_somewhere(path: Path, target: str):
    file, _, anchor = target.partition("#")
    found = (path.parent / file).resolve() if file else path

    assert found.exists(), f"{path.name} links to {target}"
    assert not anchor or anchor in anchors(found), f"{path.name} links to {target}"


def test_decisions_are_numbered_without_a_gap():
    numbers = [int(path.name[:4]) for path in sorted((DOCS / "decisions").glob("*.md"))]

    assert numbers == list(range(1, len(numbers) + 1))
