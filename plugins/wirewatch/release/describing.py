"""What describes a release: data package, Croissant, codebook, citation (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from wirewatch.release.tables import TYPES


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a released table."""

    name: str
    kind: str
    """Type in the database."""
    comment: str

    @property
    def type(self) -> str:
        """Type in a data package."""
        return TYPES.get(self.kind, "string")


@dataclass(frozen=True, slots=True)
class Resource:
    """A table that was written."""

    name: str
    comment: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    rows: int
    bytes: int
    sha256: str

    @property
    def path(self) -> str:
        """Within the folder."""
        return f"data/{self.name}.parquet"


@dataclass(frozen=True, slots=True)
class Release:
    """All that is told of a release."""

    since: date
    until: date
    """The day after the last one."""
    version: str
    """Of Wirewatch."""
    rules: tuple[tuple[str, str, int], ...]
    """Topic, version of its rules, and how many tags it decided."""
    resources: tuple[Resource, ...]

    @property
    def title(self) -> str:
        """One line."""
        return f"Wirewatch: news reports from {self.since} to before {self.until}"

    @property
    def name(self) -> str:
        """For addresses."""
        return f"wirewatch-{self.since}-{self.until}"


_DESCRIPTION = (
    "Which outlet reported what, when, copied from whom, about which events. Texts of publishers are not in it: an "
    "article has its address, its headline and the SHA-256 of its text. Days and times are UTC."
)


def datapackage(release: Release) -> dict[str, object]:
    """The Data Package (https://specs.frictionlessdata.io/data-package/)."""
    return {
        "name": release.name,
        "title": release.title,
        "description": _DESCRIPTION,
        "profile": "data-package",
        "version": f"{release.since}/{release.until}",
        "resources": [
            {
                "name": one.name,
                "path": one.path,
                "profile": "tabular-data-resource",
                "format": "parquet",
                "mediatype": "application/vnd.apache.parquet",
                "description": one.comment,
                "bytes": one.bytes,
                "hash": f"sha256:{one.sha256}",
                "schema": {
                    "fields": [{"name": f.name, "type": f.type, "description": f.comment} for f in one.fields],
                    "primaryKey": list(one.key),
                },
            }
            for one in release.resources
        ],
    }


_CROISSANT_TYPES = {
    "boolean": "sc:Boolean",
    "integer": "sc:Integer",
    "number": "sc:Float",
    "date": "sc:Date",
    "datetime": "sc:DateTime",
}


def croissant(release: Release) -> dict[str, object]:
    """The same for machine learning (Croissant 1.0, https://docs.mlcommons.org/croissant/)."""
    return {
        "@context": {
            "@language": "en", "@vocab": "https://schema.org/", "sc": "https://schema.org/",
            "cr": "http://mlcommons.org/croissant/", "dct": "http://purl.org/dc/terms/", "conformsTo": "dct:conformsTo",
            "recordSet": "cr:recordSet", "field": "cr:field", "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
            "source": "cr:source", "fileObject": "cr:fileObject", "extract": "cr:extract", "column": "cr:column",
            "repeated": "cr:repeated", "key": "cr:key",
        },
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": release.name,
        "description": _DESCRIPTION,
        "version": f"{release.since}/{release.until}",
        "distribution": [
            {
                "@type": "cr:FileObject", "@id": one.path, "name": one.name, "contentUrl": one.path,
                "encodingFormat": "application/vnd.apache.parquet", "sha256": one.sha256,
            }
            for one in release.resources
        ],
        "recordSet": [
            {
                "@type": "cr:RecordSet", "@id": one.name, "name": one.name, "description": one.comment,
                "field": [
                    {
                        "@type": "cr:Field", "@id": f"{one.name}/{f.name}", "name": f.name, "description": f.comment,
                        "dataType": _CROISSANT_TYPES.get(f.type, "sc:Text"), "repeated": f.type == "array",
                        "source": {"fileObject": {"@id": one.path}, "extract": {"column": f.name}},
                    }
                    for f in one.fields
                ],
            }
            for one in release.resources
        ],
    }  # fmt: skip


def codebook(release: Release) -> str:
    """Every table and column in words, from the comments of the warehouse, and how the data came about."""
    lines = [
        f"# {release.title}", "", _DESCRIPTION, "", "## Methods", "",
        f"Made by Wirewatch {release.version}. Feeds are polled, pages read, copies linked, events found and tags",
        "given as its documentation says. Tags were decided by these versions of rules:", "",
        "| topic | rules | tags |", "| --- | --- | --- |",
        *(f"| {topic} | {version} | {tags} |" for topic, version, tags in release.rules),
        "", "An interval is a number of seconds. `text_sha256` is the SHA-256 of an article's text in UTF-8.",
    ]  # fmt: skip
    for one in release.resources:
        lines += [
            "",
            f"## {one.name}",
            "",
            f"{one.comment} {one.rows} rows.",
            "",
            "| column | type | |",
            "| --- | --- | --- |",
        ]
        lines += [f"| `{f.name}` | {f.type} | {_cell(f.comment)} |" for f in one.fields]
    return "\n".join(lines) + "\n"


def citation(release: Release) -> str:
    """CITATION.cff (https://citation-file-format.github.io/)."""
    return (
        "cff-version: 1.2.0\n"
        "message: Please cite this data by the title and the version below.\n"
        "type: dataset\n"
        f'title: "{release.title}"\n'
        f'version: "{release.since}/{release.until}, Wirewatch {release.version}"\n'
        f"date-released: {release.until}\n"
        "authors:\n"
        "- name: The operators of this Wirewatch\n"
    )


def checksums(files: Sequence[tuple[str, str]]) -> str:
    """SHA256SUMS of (path, digest)."""
    return "".join(f"{digest}  {path}\n" for path, digest in sorted(files))


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
