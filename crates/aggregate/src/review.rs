//! The gap review and the evidence matrix as tables.

use affiant_model::{ElementRow, Gap};

use crate::frame::columns_are_fields;

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
