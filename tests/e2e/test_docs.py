"""What the pages name is there: links, files, endpoints, request fields, metrics."""

import pathlib
import re

import pytest

from gateway_process import REPOSITORY
from test_semantic import model, semantic_gateway  # noqa: F401 (fixtures)

pytestmark = pytest.mark.sluice_only("these are not its pages")

PAGES = sorted(page.relative_to(REPOSITORY) for pattern in ("*.md", "docs/*.md", "examples/*/*.md") for page in REPOSITORY.glob(pattern))
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
PLACEHOLDER = re.compile(r"(\b|_)x\b")  # "api/x.cc": a file yet to be written


def read(page: str | pathlib.Path) -> str:
    return (REPOSITORY / page).read_text()


def anchors(page: pathlib.Path) -> set[str]:
    """Headings as GitHub links to them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def section(page: str, heading: str) -> str:
    [text] = re.findall(rf"^## {heading}$(.*?)(?=^## |\Z)", read(page), re.MULTILINE | re.DOTALL)
    return text


def code(text: str) -> list[str]:
    return re.findall(r"`([^`\n]+)`", text)


def first_cells(table: str) -> list[str]:
    return [name for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in code(row)]


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_lead_somewhere(page):
    for link in LINK.findall(read(page)):
        if link.startswith(("http://", "https://")):
            continue
        path, _, anchor = link.partition("#")
        target = (REPOSITORY / page).parent / path if path else REPOSITORY / page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_the_architecture_names_files_that_exist():
    names = {name for name in code(read("ARCHITECTURE.md")) if re.fullmatch(r"[\w.*-][\w.*/-]*", name)}
    files = {name for name in names if "/" in name and (name.endswith("/") or "." in name.rpartition("/")[2])}
    assert len(files) > 40
    missing = [name for name in sorted(files) if not PLACEHOLDER.search(name)
               and not any(REPOSITORY.glob(name)) and not any((REPOSITORY / "src").glob(name))]
    assert missing == []


def test_the_floors_are_those_of_the_layers_file():
    picture = re.search(r"```\n(7 .*?)```", read("ARCHITECTURE.md"), re.DOTALL)[1]
    for line in read("src/LAYERS").splitlines():
        if line.startswith("#"):
            continue
        floor, *modules = line.split()
        [drawn] = re.findall(rf"^{floor} (.*)$", picture, re.MULTILINE)
        assert all(module in drawn for module in modules), line


def test_endpoints_are_served_as_listed(gateway):
    rows = re.findall(r"^\| (GET|POST) (`.*?) \|", section("docs/api.md", "Endpoints"), re.MULTILINE)
    listed = [(method, path.replace("{model}", "chat")) for method, paths in rows for path in code(paths)]
    assert len(listed) >= 12
    for method, path in listed:
        answer = gateway.ask(method, path, json_body={} if method == "POST" else None)
        without_cache = "/cache/" in path
        assert answer.status == (503 if without_cache else 400 if method == "POST" else 200), path


def test_every_field_that_is_taken_out_is_listed():
    taken = set(re.findall(r'\{"([\w-]+)", FieldUse::', read("src/gateway/call.cc")))
    assert len(taken) > 30
    listed = set(code(section("docs/api.md", "Fields that the gateway reads")))
    assert taken - listed == set()


def test_every_metric_is_listed(semantic_gateway):
    semantic_gateway.chat("hello there")
    metrics = semantic_gateway.ask("GET", "/metrics").body.decode()
    served = set(re.findall(r"^# TYPE (\w+) ", metrics, re.MULTILINE))
    assert served == set(first_cells(section("docs/operations.md", "Metrics")))


def test_every_field_of_the_access_log_is_listed():
    written = set(re.findall(r'\.(?:field|thousandths)\("(\w+)"', read("src/gateway/access_record.cc")))
    assert len(written) > 10
    assert written == set(first_cells(section("docs/operations.md", "Log")))
