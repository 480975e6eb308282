use affiant_model::Transmittal;

use crate::frame::columns_are_fields;

// The stable contract of `tables/transmittals`: other programs rely on names,
// order and types of these columns.
columns_are_fields!(
    Transmittal,
    "transmittals",
    [
        transmittal,
        exhibit,
        exchange,
        time,
        host,
        domain,
        recipient,
        parent,
        party,
        category,
        datum,
        identifier,
        subject,
        basis,
        reach,
        form,
        place,
        locator
    ],
    span,
    [
        value,
        value_sha256,
        status,
        phase,
        run,
        device,
        app,
        app_version,
        source,
        nature
    ]
);
