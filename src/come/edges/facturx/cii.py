"""Write an invoice as UN/CEFACT Cross Industry Invoice (D22B), the XML of Factur-X.

A plain string builder: 3,600 lines take some 30 ms, against 600 with a tree. It decides nothing: values come from
`billing.invoicing.document`, in the order that the XSD wants.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from come.billing.invoicing import document

NAMESPACES = (
    'xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100" '
    'xmlns:qdt="urn:un:unece:uncefact:data:standard:QualifiedDataType:100" '
    'xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100" '
    'xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"'
)
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})
_INVOICED_OBJECT = "130"
_SIREN_SCHEME = ' schemeID="0002"'
_SIRET_SCHEME = ' schemeID="0009"'
_VAT_SCHEME = ' schemeID="VA"'


def write(invoice: document.InvoiceDocument) -> bytes:
    """Return the invoice as CII in UTF-8; the same invoice gives the same bytes."""
    parts = [
        f'<?xml version="1.0" encoding="UTF-8"?>\n<rsm:CrossIndustryInvoice {NAMESPACES}>',
        _context(invoice),
        _header(invoice),
        "<rsm:SupplyChainTradeTransaction>",
    ]
    parts.extend(_line(line) for line in invoice.lines)
    parts += [
        _agreement(invoice),
        _delivery(invoice),
        _settlement(invoice),
        "</rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>\n",
    ]
    return "".join(parts).encode()


def _text(value: str) -> str:
    return " ".join(value.split()).translate(_ESCAPES)


def _element(name: str, value: str, attributes: str = "") -> str:
    """Return one element, or nothing for an empty value: empty elements are refused (PEPPOL-EN16931-R008)."""
    written = _text(value)
    return f"<ram:{name}{attributes}>{written}</ram:{name}>" if written else ""


def _amount(value: Decimal) -> str:
    return f"{value:.2f}"


def _number(value: Decimal) -> str:
    written = f"{value:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def _date(day: dt.date) -> str:
    return f'<udt:DateTimeString format="102">{day:%Y%m%d}</udt:DateTimeString>'


def _context(invoice: document.InvoiceDocument) -> str:
    return (
        "<rsm:ExchangedDocumentContext>"
        f"<ram:BusinessProcessSpecifiedDocumentContextParameter>{_element('ID', invoice.mode)}</ram:BusinessProcessSpecifiedDocumentContextParameter>"
        f"<ram:GuidelineSpecifiedDocumentContextParameter>{_element('ID', invoice.profile.value)}</ram:GuidelineSpecifiedDocumentContextParameter>"
        "</rsm:ExchangedDocumentContext>"
    )


def _header(invoice: document.InvoiceDocument) -> str:
    notes = "".join(
        f"<ram:IncludedNote>{_element('Content', note.content)}{_element('SubjectCode', note.subject.value)}</ram:IncludedNote>"
        for note in invoice.notes
    )
    return (
        f"<rsm:ExchangedDocument>{_element('ID', invoice.number)}{_element('TypeCode', invoice.type.value)}"
        f"<ram:IssueDateTime>{_date(invoice.issue_date)}</ram:IssueDateTime>{notes}</rsm:ExchangedDocument>"
    )


def _line(line: document.Line) -> str:
    unit = f' unitCode="{line.unit_code}"'
    basis = f"<ram:BasisQuantity{unit}>{_number(line.price_quantity)}</ram:BasisQuantity>" if line.price_quantity != 1 else ""
    reference = (
        f"<ram:AdditionalReferencedDocument>{_element('IssuerAssignedID', line.object_reference)}{_element('TypeCode', _INVOICED_OBJECT)}</ram:AdditionalReferencedDocument>"
        if line.object_reference
        else ""
    )
    return (
        "<ram:IncludedSupplyChainTradeLineItem>"
        f"<ram:AssociatedDocumentLineDocument>{_element('LineID', line.number)}</ram:AssociatedDocumentLineDocument>"
        f"<ram:SpecifiedTradeProduct>{_element('SellerAssignedID', line.seller_reference)}{_element('Name', line.name)}{_element('Description', line.description)}</ram:SpecifiedTradeProduct>"
        f"<ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice><ram:ChargeAmount>{_number(line.unit_price)}</ram:ChargeAmount>{basis}</ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement>"
        f"<ram:SpecifiedLineTradeDelivery><ram:BilledQuantity{unit}>{_number(line.quantity)}</ram:BilledQuantity></ram:SpecifiedLineTradeDelivery>"
        f"<ram:SpecifiedLineTradeSettlement>{_line_tax(line.tax)}{_period(line.start_date, line.last_day)}"
        f"{''.join(_adjustment(item) for item in line.adjustments)}"
        f"<ram:SpecifiedTradeSettlementLineMonetarySummation><ram:LineTotalAmount>{_amount(line.net_amount)}</ram:LineTotalAmount></ram:SpecifiedTradeSettlementLineMonetarySummation>"
        f"{reference}{_account(line.cost_centre)}"
        "</ram:SpecifiedLineTradeSettlement></ram:IncludedSupplyChainTradeLineItem>"
    )


def _line_tax(tax: document.Tax) -> str:
    return f"<ram:ApplicableTradeTax><ram:TypeCode>VAT</ram:TypeCode>{_element('CategoryCode', tax.category)}{_rate(tax)}</ram:ApplicableTradeTax>"


def _rate(tax: document.Tax) -> str:
    # "O" (outside the scope of VAT) has no rate at all (BR-O-05).
    return "" if tax.category == "O" else f"<ram:RateApplicablePercent>{_number(tax.rate)}</ram:RateApplicablePercent>"


def _period(start: dt.date | None, last_day: dt.date | None) -> str:
    if start is None and last_day is None:
        return ""
    first = f"<ram:StartDateTime>{_date(start)}</ram:StartDateTime>" if start else ""
    last = f"<ram:EndDateTime>{_date(last_day)}</ram:EndDateTime>" if last_day else ""
    return f"<ram:BillingSpecifiedPeriod>{first}{last}</ram:BillingSpecifiedPeriod>"


def _adjustment(item: document.Adjustment) -> str:
    percent = f"<ram:CalculationPercent>{_number(item.percentage)}</ram:CalculationPercent>" if item.percentage is not None else ""
    basis = f"<ram:BasisAmount>{_amount(item.base_amount)}</ram:BasisAmount>" if item.base_amount is not None else ""
    tax = ""
    if item.tax is not None:
        tax = f"<ram:CategoryTradeTax><ram:TypeCode>VAT</ram:TypeCode>{_element('CategoryCode', item.tax.category)}{_rate(item.tax)}</ram:CategoryTradeTax>"
    return (
        "<ram:SpecifiedTradeAllowanceCharge>"
        f"<ram:ChargeIndicator><udt:Indicator>{'true' if item.is_charge else 'false'}</udt:Indicator></ram:ChargeIndicator>"
        f"{percent}{basis}<ram:ActualAmount>{_amount(item.amount)}</ram:ActualAmount>"
        f"{_element('ReasonCode', item.reason_code)}{_element('Reason', item.reason)}{tax}"
        "</ram:SpecifiedTradeAllowanceCharge>"
    )


def _account(reference: str) -> str:
    if not reference:
        return ""
    return f"<ram:ReceivableSpecifiedTradeAccountingAccount>{_element('ID', reference)}</ram:ReceivableSpecifiedTradeAccountingAccount>"


def _agreement(invoice: document.InvoiceDocument) -> str:
    order = (
        f"<ram:BuyerOrderReferencedDocument>{_element('IssuerAssignedID', invoice.purchase_order)}</ram:BuyerOrderReferencedDocument>"
        if invoice.purchase_order
        else ""
    )
    contract = (
        f"<ram:ContractReferencedDocument>{_element('IssuerAssignedID', invoice.contract_reference)}</ram:ContractReferencedDocument>"
        if invoice.contract_reference
        else ""
    )
    account = ""
    if invoice.account_reference:
        account = (
            "<ram:AdditionalReferencedDocument>"
            f"{_element('IssuerAssignedID', invoice.account_reference)}{_element('TypeCode', _INVOICED_OBJECT)}{_element('ReferenceTypeCode', 'AVE')}"
            "</ram:AdditionalReferencedDocument>"
        )
    return (
        f"<ram:ApplicableHeaderTradeAgreement>{_element('BuyerReference', invoice.buyer_reference)}"
        f"<ram:SellerTradeParty>{_party(invoice.seller)}</ram:SellerTradeParty>"
        f"<ram:BuyerTradeParty>{_party(invoice.buyer)}</ram:BuyerTradeParty>"
        f"{order}{contract}{account}</ram:ApplicableHeaderTradeAgreement>"
    )


def _party(party: document.Party) -> str:
    siret = _element("GlobalID", party.siret, _SIRET_SCHEME)
    siren = (
        f"<ram:SpecifiedLegalOrganization>{_element('ID', party.siren, _SIREN_SCHEME)}</ram:SpecifiedLegalOrganization>"
        if party.siren
        else ""
    )
    vat = (
        f"<ram:SpecifiedTaxRegistration>{_element('ID', party.vat_number, _VAT_SCHEME)}</ram:SpecifiedTaxRegistration>"
        if party.vat_number
        else ""
    )
    endpoint = ""
    if party.endpoint_id:
        scheme = f' schemeID="{_text(party.endpoint_scheme)}"'
        endpoint = f"<ram:URIUniversalCommunication>{_element('URIID', party.endpoint_id, scheme)}</ram:URIUniversalCommunication>"
    return f"{siret}{_element('Name', party.name)}{_element('Description', party.legal_information)}{siren}{_contact(party)}{_address(party.address)}{endpoint}{vat}"


def _contact(party: document.Party) -> str:
    if not (party.contact_name or party.contact_phone or party.contact_email):
        return ""
    phone = (
        f"<ram:TelephoneUniversalCommunication>{_element('CompleteNumber', party.contact_phone)}</ram:TelephoneUniversalCommunication>"
        if party.contact_phone
        else ""
    )
    email = (
        f"<ram:EmailURIUniversalCommunication>{_element('URIID', party.contact_email)}</ram:EmailURIUniversalCommunication>"
        if party.contact_email
        else ""
    )
    return f"<ram:DefinedTradeContact>{_element('PersonName', party.contact_name)}{phone}{email}</ram:DefinedTradeContact>"


def _address(address: document.Address) -> str:
    return (
        f"<ram:PostalTradeAddress>{_element('PostcodeCode', address.postcode)}{_element('LineOne', address.street)}{_element('LineTwo', address.complement)}"
        f"{_element('CityName', address.city)}{_element('CountryID', address.country)}</ram:PostalTradeAddress>"
    )


def _delivery(invoice: document.InvoiceDocument) -> str:
    if invoice.delivery is None:
        return "<ram:ApplicableHeaderTradeDelivery/>"
    ship_to = f"<ram:ShipToTradeParty>{_element('Name', invoice.delivery.name)}{_address(invoice.delivery.address)}</ram:ShipToTradeParty>"
    event = ""
    if invoice.delivery.delivery_date:
        event = f"<ram:ActualDeliverySupplyChainEvent><ram:OccurrenceDateTime>{_date(invoice.delivery.delivery_date)}</ram:OccurrenceDateTime></ram:ActualDeliverySupplyChainEvent>"
    return f"<ram:ApplicableHeaderTradeDelivery>{ship_to}{event}</ram:ApplicableHeaderTradeDelivery>"


def _settlement(invoice: document.InvoiceDocument) -> str:
    payment = invoice.payment
    preceding = "".join(
        f"<ram:InvoiceReferencedDocument>{_element('IssuerAssignedID', item.number)}"
        f'<ram:FormattedIssueDateTime><qdt:DateTimeString format="102">{item.issue_date:%Y%m%d}</qdt:DateTimeString></ram:FormattedIssueDateTime>'
        "</ram:InvoiceReferencedDocument>"
        for item in invoice.preceding
    )
    return (
        f"<ram:ApplicableHeaderTradeSettlement>{_element('CreditorReferenceID', payment.creditor_identifier)}{_element('PaymentReference', payment.remittance)}"
        f"{_element('InvoiceCurrencyCode', invoice.currency)}{_means(payment)}"
        f"{''.join(_tax_sum(row, invoice.tax_point) for row in invoice.tax_sums)}"
        f"{_period(invoice.start_date, invoice.last_day)}"
        f"{''.join(_adjustment(item) for item in invoice.adjustments)}"
        f"<ram:SpecifiedTradePaymentTerms>{_element('Description', invoice.payment_terms)}"
        f"<ram:DueDateDateTime>{_date(invoice.due_date)}</ram:DueDateDateTime>{_element('DirectDebitMandateID', payment.mandate_reference)}</ram:SpecifiedTradePaymentTerms>"
        f"{_totals(invoice)}{preceding}{_account(invoice.buyer_accounting_reference)}"
        "</ram:ApplicableHeaderTradeSettlement>"
    )


def _means(payment: document.PaymentMeans) -> str:
    debtor = (
        f"<ram:PayerPartyDebtorFinancialAccount>{_element('IBANID', payment.debtor_iban)}</ram:PayerPartyDebtorFinancialAccount>"
        if payment.debtor_iban
        else ""
    )
    creditor = (
        f"<ram:PayeePartyCreditorFinancialAccount>{_element('IBANID', payment.creditor_iban)}</ram:PayeePartyCreditorFinancialAccount>"
        if payment.creditor_iban
        else ""
    )
    return f"<ram:SpecifiedTradeSettlementPaymentMeans>{_element('TypeCode', payment.code.value)}{debtor}{creditor}</ram:SpecifiedTradeSettlementPaymentMeans>"


def _tax_sum(row: document.TaxSum, tax_point: document.TaxPoint) -> str:
    return (
        f"<ram:ApplicableTradeTax><ram:CalculatedAmount>{_amount(row.tax_amount)}</ram:CalculatedAmount><ram:TypeCode>VAT</ram:TypeCode>"
        f"{_element('ExemptionReason', row.tax.exemption_reason)}<ram:BasisAmount>{_amount(row.base_amount)}</ram:BasisAmount>"
        f"{_element('CategoryCode', row.tax.category)}{_element('ExemptionReasonCode', row.tax.exemption_code)}"
        f"{_element('DueDateTypeCode', tax_point.value)}{_rate(row.tax)}</ram:ApplicableTradeTax>"
    )


def _totals(invoice: document.InvoiceDocument) -> str:
    totals = invoice.totals
    charges = f"<ram:ChargeTotalAmount>{_amount(totals.charges_amount)}</ram:ChargeTotalAmount>" if totals.charges_amount else ""
    allowances = (
        f"<ram:AllowanceTotalAmount>{_amount(totals.allowances_amount)}</ram:AllowanceTotalAmount>" if totals.allowances_amount else ""
    )
    prepaid = f"<ram:TotalPrepaidAmount>{_amount(totals.prepaid_amount)}</ram:TotalPrepaidAmount>" if totals.prepaid_amount else ""
    return (
        "<ram:SpecifiedTradeSettlementHeaderMonetarySummation>"
        f"<ram:LineTotalAmount>{_amount(totals.lines_amount)}</ram:LineTotalAmount>{charges}{allowances}"
        f"<ram:TaxBasisTotalAmount>{_amount(totals.net_amount)}</ram:TaxBasisTotalAmount>"
        f'<ram:TaxTotalAmount currencyID="{invoice.currency}">{_amount(totals.tax_amount)}</ram:TaxTotalAmount>'
        f"<ram:GrandTotalAmount>{_amount(totals.gross_amount)}</ram:GrandTotalAmount>{prepaid}"
        f"<ram:DuePayableAmount>{_amount(totals.due_amount)}</ram:DuePayableAmount>"
        "</ram:SpecifiedTradeSettlementHeaderMonetarySummation>"
    )
