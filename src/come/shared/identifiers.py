"""Identifiers of French telecom: checked, written canonically, and generated valid for tests.

Sources: CPCE and Arcep decisions for RIO (2012-0576 art. 13) and numbers, ITU-T E.118 for ICCID, 3GPP TS 23.003 for
IMEI, GSMA SGP.29 for EID, INSEE for SIREN and SIRET.
"""

from __future__ import annotations

import re
import string
from typing import Any

import schwifty
import schwifty.exceptions
from stdnum import exceptions as stdnum_exceptions, luhn
from stdnum.fr import siren as stdnum_siren, siret as stdnum_siret
from stdnum.iso7064 import mod_97_10

from come.shared import text

_SEPARATORS = re.compile(r"[\s.\-_/\u00a0\u202f]+")
_RIO_ALPHABET = string.ascii_uppercase + string.digits + "+"
_RIO_BASE = len(_RIO_ALPHABET)
_RIO_FORM = re.compile(r"[0-9A-Z]{2}[EP][0-9A-Z+]{6}[0-9A-Z+]{3}")
_MOBILE_NATIONAL = re.compile(r"0(?:6\d{8}|7[3-9]\d{7})")
_M2M_NATIONAL = re.compile(r"0700\d{10}")
_FIXED_NATIONAL = re.compile(r"0[1-59]\d{8}")
_ICCID_LENGTHS = (19, 20)
_IMEI_LENGTH = 15
_EID_LENGTH = 32
_SIREN_LENGTH = 9
_SIRET_LENGTH = 14


class InvalidIdentifier(ValueError):  # noqa: N818 - read as a sentence: "InvalidIdentifier: the key is wrong"
    """The identifier cannot be right; `reason` says why, in French, `kind` in one word: form, key, fixed, mismatch."""

    def __init__(self, reason: text.T, kind: str = "form") -> None:
        super().__init__(reason)
        self.reason = reason
        self.kind = kind


def _compact(value: str) -> str:
    return _SEPARATORS.sub("", value.strip()).upper()


def _digits(value: str, lengths: tuple[int, ...], what: str) -> str:
    compact = _compact(value)
    if not compact.isascii() or not compact.isdigit():
        raise InvalidIdentifier(text.T("{what} ne contient que des chiffres.", what=what))
    if len(compact) not in lengths:
        wanted = " ou ".join(str(length) for length in lengths)
        raise InvalidIdentifier(
            text.T("{what} compte {wanted} chiffres ; il y en a {count}.", what=what, wanted=wanted, count=len(compact)),
        )
    return compact


def check_siren(value: str) -> str:
    """Return the nine digits of a SIREN; raises InvalidIdentifier (length, digits, Luhn key)."""
    compact = _digits(value, (_SIREN_LENGTH,), "Un SIREN")
    if not stdnum_siren.is_valid(compact):
        raise InvalidIdentifier(text.T("La clé de ce SIREN est fausse : un chiffre est sans doute mal saisi."), "key")
    return compact


def check_siret(value: str) -> str:
    """Return the fourteen digits of a SIRET; raises InvalidIdentifier. La Poste's own rule is known."""
    compact = _digits(value, (_SIRET_LENGTH,), "Un SIRET")
    check_siren(compact[:_SIREN_LENGTH])
    if not stdnum_siret.is_valid(compact):
        raise InvalidIdentifier(text.T("La clé de ce SIRET est fausse : un chiffre est sans doute mal saisi."), "key")
    return compact


def vat_from_siren(siren: str) -> str:
    """Return the French VAT number of a SIREN (key = (12 + 3 x (SIREN mod 97)) mod 97)."""
    checked = check_siren(siren)
    return f"FR{(12 + 3 * (int(checked) % 97)) % 97:02d}{checked}"


def check_vat(value: str) -> str:
    """Return a French VAT number written without spaces; raises InvalidIdentifier."""
    compact = _compact(value)
    if not re.fullmatch(r"FR[0-9A-Z]{2}\d{9}", compact):
        raise InvalidIdentifier(text.T("Un numéro de TVA français s’écrit FR, deux caractères de clé, puis le SIREN."))
    if compact[2:4].isdigit() and compact != vat_from_siren(compact[4:]):
        raise InvalidIdentifier(text.T("La clé de ce numéro de TVA est fausse."), "key")
    return compact


def check_iccid(value: str) -> str:
    """Return the 19 or 20 digits of a SIM's ICCID (filler F dropped); raises InvalidIdentifier."""
    compact = _compact(value)
    if len(compact) == max(_ICCID_LENGTHS) and compact.endswith("F"):
        compact = compact[:-1]
    compact = _digits(compact, _ICCID_LENGTHS, "Un numéro de carte SIM (ICCID)")
    if not compact.startswith("89"):
        raise InvalidIdentifier(text.T("Un numéro de carte SIM (ICCID) commence par 89."))
    if not luhn.is_valid(compact):
        raise InvalidIdentifier(text.T("La clé de ce numéro de carte SIM est fausse : un chiffre est sans doute mal saisi."), "key")
    return compact


def check_imei(value: str) -> str:
    """Return the 15 digits of an IMEI; raises InvalidIdentifier."""
    compact = _digits(value, (_IMEI_LENGTH,), "Un IMEI")
    if not luhn.is_valid(compact):
        raise InvalidIdentifier(text.T("La clé de cet IMEI est fausse : un chiffre est sans doute mal saisi."), "key")
    return compact


def check_eid(value: str) -> str:
    """Return the 32 digits of an eSIM's EID (whole number mod 97 = 1); raises InvalidIdentifier."""
    compact = _digits(value, (_EID_LENGTH,), "Un EID")
    if not mod_97_10.is_valid(compact):
        raise InvalidIdentifier(text.T("La clé de cet EID est fausse : un chiffre est sans doute mal saisi."), "key")
    return compact


def check_msisdn(value: str) -> str:
    """Return a French mobile number in international form: 06/073-079 (+33 and 9 digits) or M2M 0700 (14 digits).

    Raises InvalidIdentifier. `phonenumbers` refuses every 14-digit M2M number, hence the rule of our own.
    """
    national = _national(value)
    if _M2M_NATIONAL.fullmatch(national) or _MOBILE_NATIONAL.fullmatch(national):
        return f"+33{national[1:]}"
    if _FIXED_NATIONAL.fullmatch(national):
        raise InvalidIdentifier(text.T("Ce numéro est un numéro fixe ; une ligne mobile commence par 06 ou par 073 à 079."), "fixed")
    raise InvalidIdentifier(
        text.T("Un numéro mobile a 10 chiffres et commence par 06 ou par 073 à 079 (14 chiffres et 0700 pour le M2M)."),
    )


def check_phone(value: str) -> str:
    """Return any French number, fixed, mobile or M2M, in international form; raises InvalidIdentifier."""
    national = _national(value)
    if any(form.fullmatch(national) for form in (_FIXED_NATIONAL, _MOBILE_NATIONAL, _M2M_NATIONAL)):
        return f"+33{national[1:]}"
    raise InvalidIdentifier(text.T("Un numéro de téléphone français a 10 chiffres et commence par 0."))


def _national(value: str) -> str:
    compact = _compact(value).replace("(0)", "")
    if compact.startswith("+33"):
        return "0" + compact[3:]
    if compact.startswith("0033"):
        return "0" + compact[4:]
    # A spreadsheet drops the leading zero of a number typed as a figure.
    if re.fullmatch(r"[1-9]\d{8}", compact):
        return "0" + compact
    if re.fullmatch(r"33[1-9]\d{8}", compact):
        return "0" + compact[2:]
    return compact


def rio_key(first_nine: str, msisdn: str) -> str:
    """Return the three key characters of a RIO for its first nine characters and the line's number.

    Three sums modulo 37 with weights 1, 2 and 4 over the nine characters and the ten digits (Arcep 2012-0576 art. 13).
    """
    national = _national(msisdn)
    simple = double = quadruple = 0
    for character in first_nine.upper() + national:
        value = _RIO_ALPHABET.index(character)
        simple = (simple + value) % _RIO_BASE
        double = (2 * double + value) % _RIO_BASE
        quadruple = (4 * quadruple + value) % _RIO_BASE
    return "".join(_RIO_ALPHABET[value] for value in (simple, double, quadruple))


def check_rio(value: str, msisdn: str) -> str:
    """Return the twelve characters of a RIO, proven to belong to this number; raises InvalidIdentifier."""
    compact = _compact(value)
    if not _RIO_FORM.fullmatch(compact):
        raise InvalidIdentifier(
            text.T("Un RIO a 12 caractères : 2 pour l’opérateur, E ou P, 6 pour le contrat, 3 pour la clé (par exemple 01 E A1B2C3 XYZ)."),
        )
    if compact[9:] != rio_key(compact[:9], msisdn):
        raise InvalidIdentifier(
            text.T(
                "Ce RIO n’est pas celui du numéro {number}. Demandez le bon RIO au client (3179 depuis la ligne).",
                number=format_msisdn(msisdn),
            ),
            "mismatch",
        )
    return compact


def check_iban(value: str) -> str:
    """Return an IBAN without spaces, its check digits and national key proven; raises InvalidIdentifier."""
    try:
        return str(schwifty.IBAN(value, validate_bban=True))
    except schwifty.exceptions.SchwiftyException:
        raise InvalidIdentifier(text.T("Cet IBAN est faux : un caractère est sans doute mal saisi.")) from None


def format_msisdn(value: str) -> str:
    """Return a number as people say it, "06 12 34 56 78"; unchanged when it is not French."""
    national = _national(value)
    if not national.startswith("0"):
        return value
    return " ".join(national[index : index + 2] for index in range(0, len(national), 2))


def test_siren(number: int) -> str:
    """Return the valid SIREN number `number` (0 to 99,999) of a range kept for fiction: 99x xxx xxx."""
    body = f"99{number:06d}"
    return body + luhn.calc_check_digit(body)


def test_siret(siren: str, establishment: int) -> str:
    """Return the valid SIRET of a test SIREN's establishment (1 to 9,999)."""
    body = f"{siren}{establishment:04d}"
    return body + luhn.calc_check_digit(body)


def test_iccid(number: int, issuer: str = "99") -> str:  # noqa: PT028 - makes test values, is no test
    """Return a valid 19-digit ICCID, France, of an issuer that does not exist."""
    body = f"8933{issuer}{number:012d}"
    return body + luhn.calc_check_digit(body)


def test_msisdn(number: int) -> str:
    """Return test mobile number `number` (0 to 9,999,999): 06 39 98 is kept for fiction by Arcep; beyond 10,000, 07 39."""
    if number < 10_000:
        return f"+3363998{number:04d}"
    return f"+3373{number:07d}"


def test_m2m_msisdn(number: int) -> str:
    """Return test M2M number `number` (0 to 999,999,999) of 14 digits."""
    return f"+337009{number:09d}"


def test_imei(number: int) -> str:
    """Return a valid IMEI of the test type allocation 00."""
    body = f"0010{number:010d}"
    return body + luhn.calc_check_digit(body)


def test_eid(number: int) -> str:
    """Return a valid 32-digit EID of the test type allocation."""
    body = f"89001012{number:022d}"
    return body + f"{98 - int(body + '00') % 97:02d}"


def test_imsi(number: int) -> str:
    """Return an IMSI of the test network 001-01."""
    return f"00101{number:010d}"


def test_iban(number: int) -> str:
    """Return a valid French IBAN of a bank code that is not allotted (00000)."""
    return str(schwifty.IBAN.generate("FR", bank_code="00000", branch_code="00000", account_code=f"{number:011d}"))


def is_valid_luhn(value: str) -> bool:
    """Tell whether the digits end with their Luhn key."""
    try:
        luhn.validate(value)
    except stdnum_exceptions.ValidationError:
        return False
    return True


_FOR_TESTS: tuple[Any, ...] = (test_siren, test_siret, test_iccid, test_msisdn, test_m2m_msisdn, test_imei, test_eid, test_imsi, test_iban)
for _function in _FOR_TESTS:
    # Their names begin like tests'; this keeps test runners from collecting them.
    _function.__test__ = False
