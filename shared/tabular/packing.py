"""Which kind of file is it in truth, whatever its name, and in which part of a workbook does a sheet lie?"""

import zipfile
from collections.abc import Iterator, Mapping
from posixpath import dirname, join, normpath
from typing import Any
from xml.etree.ElementTree import fromstring

from shared.tabular.lines import FileRefused

ZIP = b"PK\x03\x04"
_COMPOUND = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_STRICT = "http://purl.oclc.org/ooxml/"
N_BYTES_SNIFFED = 2_000

AS_XLSX = "open it in Excel and save it as 'Excel-Arbeitsmappe (*.xlsx)' or 'CSV UTF-8'"
_BEGINNINGS: Mapping[bytes, str] = {
    b"%PDF": "is a PDF; ask for the list itself as XLSX or CSV",
    b"{\\rtf": "is a text document (RTF); save its table as XLSX or CSV",
    b"<!doctype html": f"is a web page (HTML), whatever its name; {AS_XLSX}",
    b"<html": f"is a web page (HTML), whatever its name; {AS_XLSX}",
    b"<table": f"is a web page (HTML), whatever its name; {AS_XLSX}",
    b"<?xml": f"is XML, perhaps an 'XML-Kalkulationstabelle 2003'; {AS_XLSX}",
}
_INSIDE: Mapping[str, str] = {
    "xl/workbook.bin": f"is a binary Excel workbook (.xlsb); {AS_XLSX}",
    "word/document.xml": "is a Word document; copy its table into a workbook, and save that as XLSX",
    "Index/Document.iwa": "is a Numbers document; export it as XLSX or CSV",
    "content.xml": "is an OpenDocument spreadsheet (.ods); open it in LibreOffice and save it as XLSX",
}


def refuse_other_forms(raw: bytes) -> None:
    """Refuse what is neither a workbook nor a text with delimiters, and say how to save it.

    Raises: FileRefused.
    """
    if raw.startswith(_COMPOUND):
        if _ENCRYPTED in raw:
            raise FileRefused(
                "The file is protected by a password; open it in Excel, remove the password "
                "(Datei > Informationen > Arbeitsmappe schützen), and save it."
            )
        raise FileRefused(f"The file is an old Excel workbook (.xls); {AS_XLSX}.")
    begins = raw[:N_BYTES_SNIFFED].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for beginning, what in _BEGINNINGS.items():
        if begins.startswith(beginning.lower()):
            raise FileRefused(f"The file {what}.")


def parts_of(packed: zipfile.ZipFile) -> dict[str, str]:
    """By the name of each sheet, the part of the package that holds it.

    Raises: FileRefused for a package of another kind; ParseError, KeyError, IndexError when it is broken.
    """
    names = set(packed.namelist())
    for name, what in _INSIDE.items():
        if name in names:
            raise FileRefused(f"The file {what}.")
    if "_rels/.rels" not in names:
        raise FileRefused("The file is a ZIP archive; unpack it, and import the list in it.")
    books = [(kind, part) for _, kind, part in _related(packed, "") if kind.endswith("/officeDocument")]
    kind, book = books[0]
    if kind.startswith(_STRICT):
        raise FileRefused(
            "The workbook is in the form 'Strict Open XML'; save it in Excel as 'Excel-Arbeitsmappe (*.xlsx)' "
            "without 'Strict'."
        )
    part_by_id = {key: part for key, _, part in _related(packed, book)}
    sheets = [element for element in fromstring(packed.read(book)).iter() if _local(element.tag) == "sheet"]  # noqa: S314 - expat refuses amplification
    return {element.attrib["name"]: part_by_id[_id_of(element.attrib)] for element in sheets}


def _related(packed: zipfile.ZipFile, part: str) -> Iterator[tuple[str, str, str]]:
    """Id, kind and name of each part that this one refers to."""
    folder, _, name = part.rpartition("/")
    text = packed.read(join(folder, "_rels", f"{name}.rels"))
    for element in fromstring(text):  # noqa: S314 - expat refuses amplification
        target = element.attrib["Target"]
        whole = target.lstrip("/") if target.startswith("/") else normpath(join(dirname(part), target))
        yield element.attrib["Id"], element.attrib["Type"], whole


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _id_of(attributes: Mapping[str, Any]) -> str:
    return next(str(value) for name, value in attributes.items() if name.endswith("}id"))
