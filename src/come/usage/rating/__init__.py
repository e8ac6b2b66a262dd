"""The rating kernel: a pure function of records and price book; docs/formats/pricebook.md says its rules."""
