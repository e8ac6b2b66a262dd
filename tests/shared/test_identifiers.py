"""Identifiers are checked as the field's rules say, with a reason in French."""

from collections.abc import Callable

import hypothesis
import pytest
from hypothesis import strategies as st

from come.shared import identifiers


def refused(check: Callable[..., str], *values: str) -> str:
    with pytest.raises(identifiers.InvalidIdentifier) as caught:
        check(*values)
    return str(caught.value.reason)


def test_la_poste_has_its_own_rule() -> None:
    assert identifiers.check_siret("356 000 000 00048") == "35600000000048"
    assert identifiers.check_siret("35600000049837") == "35600000049837"


def test_a_siret_whose_siren_is_false_is_refused() -> None:
    assert "clé de ce SIREN" in refused(identifiers.check_siret, "11122233344455")


@hypothesis.given(st.integers(0, 99_999), st.integers(1, 9_999))
def test_generated_company_numbers_are_valid(number: int, establishment: int) -> None:
    siren = identifiers.test_siren(number)
    assert identifiers.check_siren(siren) == siren
    assert identifiers.check_siret(identifiers.test_siret(siren, establishment))
    assert identifiers.check_vat(identifiers.vat_from_siren(siren))


@hypothesis.given(st.integers(0, 9_999_999))
def test_generated_mobile_numbers_are_valid(number: int) -> None:
    msisdn = identifiers.test_msisdn(number)
    assert identifiers.check_msisdn(msisdn) == msisdn
    assert identifiers.check_msisdn(identifiers.format_msisdn(msisdn)) == msisdn


@pytest.mark.parametrize(
    "written",
    [
        "06 12 34 56 78",
        "0612345678",
        "+33612345678",
        "0033 6 12 34 56 78",
        "06.12.34.56.78",
        "612345678",
        "33612345678",
        "+33 (0)6 12 34 56 78",
    ],
)
def test_a_number_is_read_as_people_write_it(written: str) -> None:
    assert identifiers.check_msisdn(written) == "+33612345678"


@pytest.mark.parametrize("wrong", ["0712345678", "0112345678", "06123456", "abc", "", "07001234567"])
def test_a_number_that_is_no_mobile_is_refused(wrong: str) -> None:
    refused(identifiers.check_msisdn, wrong)


def test_an_m2m_number_has_fourteen_digits() -> None:
    assert identifiers.check_msisdn("0700 90 12 34 56 78") == "+337009012345678"
    assert identifiers.check_msisdn(identifiers.test_m2m_msisdn(7)) == identifiers.test_m2m_msisdn(7)


first_nine = st.from_regex(r"0[1-5][EP][A-Z0-9+]{6}", fullmatch=True)


@hypothesis.given(first_nine, st.integers(0, 9_999), st.integers(0, 8), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+"))
def test_one_wrong_character_in_a_rio_is_caught(start: str, number: int, place: int, other: str) -> None:
    msisdn = identifiers.test_msisdn(number)
    rio = start + identifiers.rio_key(start, msisdn)
    assert identifiers.check_rio(rio, msisdn) == rio
    changed = rio[:place] + other + rio[place + 1 :]
    if changed != rio:
        refused(identifiers.check_rio, changed, msisdn)


@hypothesis.given(first_nine, st.integers(0, 9_999), st.integers(0, 3), st.integers(1, 9))
def test_a_rio_is_refused_on_a_number_that_differs_by_one_digit(start: str, number: int, place: int, shift: int) -> None:
    written = f"{number:04d}"
    other = int(written[:place] + str((int(written[place]) + shift) % 10) + written[place + 1 :])
    rio = start + identifiers.rio_key(start, identifiers.test_msisdn(number))
    refused(identifiers.check_rio, rio, identifiers.test_msisdn(other))


@hypothesis.given(st.integers(0, 10**10), st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_in_a_sim_number_is_caught(number: int, place: int, shift: int) -> None:
    iccid = identifiers.test_iccid(number)
    assert identifiers.check_iccid(iccid + "F") == iccid
    digit = (int(iccid[place]) + shift) % 10
    refused(identifiers.check_iccid, iccid[:place] + str(digit) + iccid[place + 1 :])


def test_an_imei_has_fifteen_digits() -> None:
    assert identifiers.check_imei(identifiers.test_imei(12)) == identifiers.test_imei(12)
    assert "15 chiffres" in refused(identifiers.check_imei, identifiers.test_imei(12)[:14])


def test_an_iban_is_checked_twice() -> None:
    iban = identifiers.test_iban(42)
    assert identifiers.check_iban(" ".join(iban[i : i + 4] for i in range(0, len(iban), 4))) == iban
    refused(identifiers.check_iban, iban[:-1] + str((int(iban[-1]) + 1) % 10))
