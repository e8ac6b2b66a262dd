"""What is answered: one schema per resource and per part that several share."""

from __future__ import annotations

from come.project.document.shapes import (
    ADDRESS,
    COUNT,
    FLAG,
    INSTANT,
    NUMBER,
    OPTIONAL_INSTANT,
    OPTIONAL_TEXT,
    TEXT,
    Schema,
    many,
    one_of,
    optional,
    ref,
    resource,
    shape,
)

_MONEY = ref("Money")
_REFERENCE = ref("Reference")
_PERIOD = ref("TimePeriod")
_CHARACTERISTICS = many(ref("Characteristic"))
_PARTIES = many(_REFERENCE)
_MEDIA = many(ref("ContactMedium"))
_ITEM_STATES = ("acknowledged", "inProgress", "pending", "held", "completed", "failed", "cancelled")
_QUOTE_STATES = ("inProgress", "pending", "approved", "accepted", "rejected", "cancelled")
_LIFECYCLE = one_of("In design", "In test", "Active", "Launched", "Retired")

SHARED: dict[str, Schema] = {
    "Error": shape(
        "type",
        "title",
        "status",
        "detail",
        "code",
        "reason",
        "@type",
        type=TEXT | {"description": "urn:come:problem:<code>"},
        title=TEXT,
        status={"type": "integer", "minimum": 400, "maximum": 599},
        detail=TEXT,
        code=TEXT | {"description": "Stable and dotted; decide on this, never on the sentence."},
        reason=TEXT,
        next_step=TEXT | {"description": "What to do now."},
        incident=TEXT | {"description": "The number to give to support, on an unforeseen error."},
        errors=many(ref("Obstacle")) | {"description": "Everything that stands in the way, at once."},
        at_type={"type": "string", "const": "Error"},
    )
    | {"description": "RFC 9457 problem details, with TM Forum's code and reason."},
    "Obstacle": shape(
        "code",
        "severity",
        "message",
        code=TEXT,
        severity=one_of("warning", "obstacle", "refusal"),
        message=TEXT,
        next_step=TEXT,
        path=TEXT | {"description": "The attribute concerned, for instance productOrderItem/0/action."},
    ),
    "Money": shape("unit", "value", unit=TEXT, value=NUMBER),
    "Quantity": shape("amount", "units", amount=NUMBER, units=TEXT),
    "TimePeriod": shape(startDateTime=OPTIONAL_INSTANT, endDateTime=OPTIONAL_INSTANT, at_type=TEXT)
    | {"description": "From startDateTime included to endDateTime excluded."},
    "Reference": shape(id=TEXT, href=ADDRESS, name=TEXT, role=TEXT, version=TEXT, at_type=TEXT, at_referredType=TEXT),
    "Characteristic": shape("name", "value", name=TEXT, value=TEXT, valueType=TEXT),
    "ContactMedium": shape(
        mediumType=TEXT,
        preferred=FLAG,
        characteristic=shape(contactType=TEXT, emailAddress=TEXT, phoneNumber=TEXT, street1=TEXT, postCode=TEXT, city=TEXT, country=TEXT),
    ),
    "Price": shape(
        "priceType",
        "price",
        name=TEXT,
        description=TEXT,
        priceType=one_of("oneTime", "recurring"),
        recurringChargePeriod=TEXT,
        price=shape("dutyFreeAmount", dutyFreeAmount=_MONEY, at_type=TEXT),
        productOfferingPrice=_REFERENCE,
        priceAlteration=many(ref("Price")),
        at_type=TEXT,
    ),
    "Note": shape("text", id=TEXT, author=TEXT, date=INSTANT, text=TEXT),
}

CATALOGUE: dict[str, Schema] = {
    "ProductOffering": resource(
        "ProductOffering",
        name=TEXT,
        description=TEXT,
        version=TEXT,
        lifecycleStatus=_LIFECYCLE,
        lastUpdate=OPTIONAL_INSTANT,
        isBundle=FLAG,
        isSellable=FLAG,
        validFor=_PERIOD,
        category=many(_REFERENCE),
        marketSegment=many(_REFERENCE),
        productSpecification=_REFERENCE,
        productOfferingPrice=many(_REFERENCE),
        productOfferingTerm=many(shape(name=TEXT, duration=ref("Quantity"), at_type=TEXT)),
        bundledProductOffering=many(
            shape(
                "id",
                id=TEXT,
                href=ADDRESS,
                bundledProductOfferingOption=shape(
                    numberRelOfferDefault=COUNT, numberRelOfferLowerLimit=COUNT, numberRelOfferUpperLimit=optional(COUNT)
                ),
                at_type=TEXT,
            )
        ),
    ),
    "ProductOfferingPrice": resource(
        "ProductOfferingPrice",
        name=TEXT,
        version=TEXT,
        lifecycleStatus=_LIFECYCLE,
        lastUpdate=OPTIONAL_INSTANT,
        isBundle=FLAG,
        priceType=one_of("oneTime", "recurring", "instalment", "deposit"),
        price=_MONEY,
        recurringChargePeriodType=TEXT,
        recurringChargePeriodLength=COUNT,
        tax=many(shape("taxCategory", taxCategory=TEXT, at_type=TEXT)),
        validFor=_PERIOD,
        productOfferingTerm=many(shape(name=TEXT, duration=ref("Quantity"))),
    ),
    "ProductSpecification": resource(
        "ProductSpecification",
        name=TEXT,
        description=TEXT,
        brand=TEXT,
        productNumber=TEXT,
        isBundle=FLAG,
        version=TEXT,
        lifecycleStatus=one_of("Active", "Retired"),
        lastUpdate=INSTANT,
        productSpecCharacteristic=many(
            shape(
                "name",
                id=TEXT,
                name=TEXT,
                description=TEXT,
                valueType=TEXT,
                configurable=FLAG,
                productSpecCharacteristicValue=many(shape(value=TEXT, unitOfMeasure=TEXT)),
                at_type=TEXT,
            )
        ),
    ),
}

PARTIES: dict[str, Schema] = {
    "Organization": resource(
        "Organization",
        tradingName=TEXT,
        isLegalEntity=FLAG,
        organizationType=TEXT,
        status=one_of("initialized", "validated", "closed"),
        organizationIdentification=many(shape(identificationType=TEXT, identificationId=TEXT, issuingAuthority=TEXT, at_type=TEXT)),
        otherName=many(shape(tradingName=TEXT, nameType=TEXT, at_type=TEXT)),
        contactMedium=_MEDIA,
        partyCharacteristic=_CHARACTERISTICS,
        relatedParty=_PARTIES,
    ),
    "Individual": resource(
        "Individual",
        givenName=TEXT,
        familyName=TEXT,
        fullName=TEXT,
        status=TEXT,
        contactMedium=_MEDIA,
        relatedParty=_PARTIES,
    ),
    "Customer": resource(
        "Customer",
        name=TEXT,
        status=TEXT,
        validFor=_PERIOD,
        engagedParty=_REFERENCE,
        account=many(_REFERENCE),
        contactMedium=_MEDIA,
        characteristic=_CHARACTERISTICS,
    ),
    "BillingAccount": resource(
        "BillingAccount",
        name=TEXT,
        accountType=TEXT,
        state=TEXT,
        defaultPaymentMethod=_REFERENCE,
        relatedParty=_PARTIES,
        contact=many(shape(contactType=TEXT, contactMedium=_MEDIA)),
        characteristic=_CHARACTERISTICS,
    ),
}

_PRODUCT = shape(id=TEXT, isBundle=FLAG, productCharacteristic=_CHARACTERISTICS)
_ORDER_ITEM = {
    "id": TEXT,
    "action": one_of("add", "modify", "delete", "noChange"),
    "state": one_of(*_ITEM_STATES),
    "quantity": COUNT,
    "productOffering": optional(_REFERENCE),
    "product": _PRODUCT,
    "productOrderItem": many(shape("id", id=TEXT, action=TEXT, productOffering=_REFERENCE)),
    "at_type": {"type": "string", "const": "ProductOrderItem"},
}
SELLING: dict[str, Schema] = {
    "Quote": resource(
        "Quote",
        version=TEXT,
        state=one_of(*_QUOTE_STATES),
        description=TEXT,
        externalId=TEXT,
        quoteDate=INSTANT,
        effectiveQuoteCompletionDate=INSTANT,
        validFor=_PERIOD,
        instantSyncQuote=FLAG,
        relatedParty=_PARTIES,
        agreement=many(_REFERENCE),
        billingAccount=many(_REFERENCE),
        quoteTotalPrice=many(ref("Price")),
        quoteItem=many(ref("QuoteItem")),
    ),
    "QuoteItem": shape(
        "id",
        "action",
        "state",
        id=TEXT,
        action=TEXT,
        state=one_of(*_QUOTE_STATES),
        quantity=COUNT,
        productOffering=_REFERENCE,
        product=_PRODUCT,
        quoteItem=many(ref("QuoteItem")),
        quoteItemPrice=many(ref("Price")),
        note=many(ref("Note")),
        at_type=TEXT,
    ),
    "ProductOrder": resource(
        "ProductOrder",
        externalId=OPTIONAL_TEXT,
        category=TEXT,
        state=one_of("acknowledged", "inProgress", "pending", "held", "partial", "completed", "failed", "cancelled"),
        orderDate=INSTANT,
        completionDate=OPTIONAL_INSTANT,
        requestedStartDate=OPTIONAL_INSTANT,
        expectedCompletionDate=OPTIONAL_INSTANT,
        quote=many(_REFERENCE),
        agreement=many(_REFERENCE),
        billingAccount=optional(_REFERENCE),
        relatedParty=_PARTIES,
        productOrderItemCount=COUNT,
        productOrderItem=many(shape("id", "@type", **_ORDER_ITEM)),
    ),
    "ProductOrderItem": shape("id", "@type", **_ORDER_ITEM, milestone=many(ref("Milestone"))),
    "Milestone": shape(
        "name",
        "status",
        name=TEXT,
        description=TEXT,
        status=TEXT,
        milestoneDate=OPTIONAL_INSTANT,
        message=TEXT,
        nextStep=TEXT,
        owner=TEXT,
        dueDate=OPTIONAL_INSTANT,
        troubleTicket=optional(_REFERENCE),
    ),
    "CancelProductOrder": resource(
        "CancelProductOrder",
        state=TEXT,
        cancellationReason=TEXT,
        productOrder=_REFERENCE,
        cancelledItemCount=COUNT,
        keptItemCount=COUNT,
    ),
}

RUNNING: dict[str, Schema] = {
    "Product": resource(
        "Product",
        name=TEXT,
        # The standard's enumeration has this blank.
        status=one_of("created", "pendingActive", "active", "suspended", "pendingTerminate", "terminated", "cancelled", "aborted "),
        isBundle=FLAG,
        creationDate=OPTIONAL_INSTANT,
        startDate=OPTIONAL_INSTANT,
        terminationDate=OPTIONAL_INSTANT,
        productOffering=_REFERENCE,
        productCharacteristic=_CHARACTERISTICS,
        productPrice=many(ref("Price")),
        relatedParty=_PARTIES,
        billingAccount=optional(_REFERENCE),
        agreement=many(_REFERENCE),
        productOrderItem=many(shape("productOrderId", "orderItemId", productOrderId=TEXT, orderItemId=TEXT)),
    ),
    "Usage": resource(
        "Usage",
        usageDate=INSTANT,
        usageType=one_of("voice", "sms", "mms", "data"),
        status=TEXT,
        description=TEXT,
        usageSpecification=_REFERENCE,
        usageCharacteristic=_CHARACTERISTICS,
        ratedProductUsage=many(
            shape(
                "taxExcludedRatingAmount",
                isBilled=FLAG,
                isTaxExempt=FLAG,
                usageRatingTag=TEXT,
                taxExcludedRatingAmount=_MONEY,
                bucketValueConvertedInAmount=_MONEY,
                productRef=_REFERENCE,
            )
        ),
    ),
    "UsageSpecification": resource(
        "UsageSpecification",
        name=TEXT,
        usageSpecCharacteristic=many(shape("name", name=TEXT, description=TEXT, configurable=FLAG)),
    ),
}

_TAX = shape("taxCategory", "taxRate", taxCategory=TEXT, taxRate=NUMBER, taxAmount=_MONEY, at_type=TEXT)
AFTERWARDS: dict[str, Schema] = {
    "CustomerBill": resource(
        "CustomerBill",
        billNo=OPTIONAL_TEXT,
        billDate=INSTANT,
        paymentDueDate=OPTIONAL_INSTANT,
        billingPeriod=_PERIOD,
        category=TEXT | {"description": "The month billed, for instance 2026-10."},
        runType=TEXT,
        state=one_of("new", "onHold", "validated", "sent", "settled", "partiallyPaid"),
        amountDue=_MONEY,
        taxExcludedAmount=_MONEY,
        taxIncludedAmount=_MONEY,
        remainingAmount=_MONEY,
        taxItem=many(_TAX),
        billingAccount=_REFERENCE,
        relatedParty=_PARTIES,
        billDocument=many(shape("name", "url", name=TEXT, attachmentType=TEXT, size=ref("Quantity"), url=ADDRESS, at_type=TEXT)),
    ),
    "AppliedCustomerBillingRate": resource(
        "AppliedCustomerBillingRate",
        name=TEXT,
        description=OPTIONAL_TEXT,
        type=TEXT,
        isBilled=FLAG,
        bill=_REFERENCE,
        product=optional(_REFERENCE),
        periodCoverage=_PERIOD,
        taxExcludedAmount=_MONEY,
        appliedTax=many(_TAX),
        characteristic=_CHARACTERISTICS,
    ),
    "TroubleTicket": resource(
        "TroubleTicket",
        name=TEXT,
        description=TEXT,
        severity=one_of("critical", "major", "minor"),
        ticketType=TEXT,
        status=one_of("acknowledged", "inProgress", "held", "pending", "resolved", "closed", "cancelled", "rejected"),
        statusChangeDate=INSTANT,
        creationDate=INSTANT,
        expectedResolutionDate=OPTIONAL_INSTANT,
        resolutionDate=OPTIONAL_INSTANT,
        lastUpdate=OPTIONAL_INSTANT,
        relatedParty=_PARTIES,
        note=many(ref("Note")),
        statusChange=many(shape("status", "changeDate", "changeReason", status=TEXT, changeDate=INSTANT, changeReason=TEXT)),
        relatedEntity=many(_REFERENCE),
    ),
}

SCHEMAS = SHARED | CATALOGUE | PARTIES | SELLING | RUNNING | AFTERWARDS
