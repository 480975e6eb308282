use affiant_model::ConsentSignal;

use crate::frame::columns_are_fields;

// The table of signals of consent, which a case has only where a request carried one.
columns_are_fields!(
    ConsentSignal,
    "consent",
    [
        exhibit, exchange, time, host, recipient, party, signal, name, says, state, place, locator
    ],
    span,
    [value, phase, run]
);
