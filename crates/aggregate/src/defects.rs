use affiant_model::Defect;

use crate::frame::columns_are_fields;

columns_are_fields!(
    Defect,
    "defects",
    [exhibit, exchange],
    span?,
    [stage, message, consequence]
);
