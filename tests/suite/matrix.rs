//! table

mod attacker;
mod documents;
mod evidence;
mod ledger;
mod said;
mod trust;
mod workshop;

use self::attacker::Copy;
use self::workshop::workshop;

#[test]
fn what_was_not_attacked_is_valid_to_both() {
    let Some(workshop) = workshop() else { return };
    for (bag, trust) in [
        ("bag", workshop.trust()),
        ("production", workshop.early_trust()),
    ] {
        let copy = Copy::of(workshop, bag);
        copy.program_with(0, &trust, &[]);
        copy.script(0, &trust);
        // Manifests that are written anew without an attack are as good.
        copy.rebag();
        copy.script(0, &trust);
        copy.program(if bag == "bag" { 6 } else { 0 }, &trust).nothing_bad();
    }
}
