//! The gap review, the evidence matrix, patterns and contexts as tables.

use affiant_model::{ContextFinding, DifferentialFinding, ElementRow, Gap, PatternFinding};

use crate::frame::columns_are_fields;

columns_are_fields!(
    DifferentialFinding,
    "differential",
    [
        recipient, parent, party, host, place, field, devices, exchanges, fewest, values, known_as,
        also_at,
    ]
);

columns_are_fields!(
    Gap,
    "gaps",
    [
        recipient,
        parent,
        domains,
        party,
        datum,
        category,
        notice,
        exhibit,
        in_force,
        first_day,
        last_day,
        transmittals,
        undated,
        judgement,
        rule,
        passages,
        others,
        remarks,
        overridden,
    ]
);

columns_are_fields!(
    ElementRow,
    "matrix",
    [
        claim,
        title,
        citation,
        edition,
        element,
        element_citation,
        reading,
        asked,
        says,
        rows,
        answer,
        silent,
    ]
);

columns_are_fields!(
    PatternFinding,
    "patterns",
    [
        exhibit, exchange, time, host, domain, recipient, parent, party, category, datum, rule,
        check, name, reach, place, locator
    ],
    span,
    [
        value,
        masked,
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

columns_are_fields!(
    ContextFinding,
    "contexts",
    [
        exhibit, exchange, time, host, recipient, party, reach, context, basis, datum, place,
        locator
    ],
    span,
    [value, matched, rule, source, with]
);
