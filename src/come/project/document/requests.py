"""What is sent: one schema per write."""

from __future__ import annotations

from come.project.document.shapes import FLAG, INSTANT, TEXT, Schema, many, one_of, sent, shape

_NAME: Schema = {"type": "string", "minLength": 1}
_TARGET = shape("id", id=_NAME, name=TEXT, role=TEXT, href=TEXT)
_CHARACTERISTICS = many(shape("name", name=_NAME, value=TEXT, valueType=TEXT))
_PRODUCT = shape(productOffering=_TARGET, productCharacteristic=_CHARACTERISTICS)
_PERIOD = shape(startDateTime=INSTANT, endDateTime=INSTANT)
_NESTED = many(shape("productOffering", id=TEXT, action=one_of("add"), productOffering=_TARGET))

REQUESTS: dict[str, Schema] = {
    "Organization_Create": sent(
        "tradingName",
        tradingName=_NAME,
        isLegalEntity=FLAG,
        organizationType=TEXT,
        organizationIdentification=many(
            shape("identificationType", "identificationId", identificationType=one_of("SIREN"), identificationId=TEXT)
        ),
        partyCharacteristic=_CHARACTERISTICS,
    ),
    "Individual_Create": sent(
        "givenName",
        "familyName",
        "relatedParty",
        givenName=_NAME,
        familyName=_NAME,
        fullName=TEXT,
        relatedParty=many(_TARGET, 1) | {"maxItems": 1},
        contactMedium=many(shape(mediumType=TEXT, preferred=FLAG, characteristic=shape(emailAddress=TEXT, phoneNumber=TEXT))),
    ),
    "Customer_Create": sent("name", "engagedParty", name=_NAME, engagedParty=_TARGET, characteristic=_CHARACTERISTICS),
    "Customer_Update": sent("name", name=_NAME),
    "BillingAccount_Create": sent("name", "relatedParty", name=_NAME, relatedParty=many(_TARGET, 1), characteristic=_CHARACTERISTICS),
    "ProductOffering_Create": sent(
        "name",
        name=_NAME,
        description=TEXT,
        category=many(shape("id", id=TEXT), 1) | {"maxItems": 1},
        isSellable=FLAG,
        isBundle={"type": "boolean", "const": False},
        validFor=_PERIOD,
        productSpecification=_TARGET,
        lifecycleStatus=one_of("In study", "In design"),
    ),
    "ProductOffering_Update": sent(name=_NAME, lifecycleStatus=one_of("In test", "Active", "Launched", "Retired"), validFor=_PERIOD),
    "ProductSpecification_Create": sent("name", name=_NAME, description=TEXT, brand=TEXT),
    "ProductSpecification_Update": sent(name=_NAME),
    "Quote_Create": sent(
        "quoteItem",
        id=TEXT | {"description": "The reference of a quote that was sent: a new version of it is made, with these items."},
        description=TEXT,
        externalId=TEXT,
        instantSyncQuote=FLAG,
        relatedParty=many(_TARGET, 1),
        agreement=many(_TARGET),
        billingAccount=many(_TARGET),
        quoteItem=many(
            sent(
                "id",
                "action",
                id=_NAME,
                action=one_of("add"),
                quantity={"type": "integer", "minimum": 1},
                productOffering=_TARGET,
                product=_PRODUCT,
                quoteItem=_NESTED,
            ),
            1,
        ),
    ),
    "Quote_Update": sent(
        state=one_of("approved", "accepted", "rejected", "cancelled"),
        description=TEXT,
        relatedParty=many(shape(id=TEXT, name=TEXT, role=TEXT)) | {"description": "With `accepted`: who signed, in the role `signatory`."},
    ),
    "ProductOrder_Create": sent(
        quote=many(_TARGET) | {"description": "An accepted quote, alone: its lines are ordered as they were signed."},
        relatedParty=many(_TARGET),
        billingAccount=_TARGET,
        agreement=many(_TARGET),
        externalId=TEXT,
        requestedStartDate=INSTANT,
        productOrderItem=many(
            sent(
                "action",
                "productOffering",
                id=TEXT,
                action=one_of("add"),
                quantity={"type": "integer", "minimum": 1, "maximum": 1},
                productOffering=_TARGET,
                product=_PRODUCT,
                productOrderItem=_NESTED,
            )
        ),
    ),
    "CancelProductOrder_Create": sent("productOrder", productOrder=_TARGET, cancellationReason=TEXT, requestedCancellationDate=INSTANT),
    "TroubleTicket_Create": sent(
        "description",
        "severity",
        "ticketType",
        description=_NAME,
        severity=one_of("critical", "major", "minor"),
        ticketType=_NAME,
        name=TEXT,
        externalId=TEXT,
    ),
    "TroubleTicket_Update": sent(
        status=one_of("acknowledged", "inProgress", "pending", "held", "resolved", "closed", "rejected", "cancelled"),
        statusChangeReason=TEXT | {"description": "One sentence, read by everyone who follows the incident and their managers."},
        expectedResolutionDate=INSTANT | {"description": "Needed with `inProgress`; alone, it moves the promised date."},
        note=many(shape("text", text=_NAME)),
    ),
}
