//! The tamper matrix: twenty attacks on a sealed case or a production, each made
//! by an attacker as strong as it says, and who catches it. "Insider" holds the
//! key of the case, and numbers, chains, signs and bags anew what he changed.
//!
//! | # | attack | caught by `affiant verify` | caught by `verify.sh` |
//! |---|---|---|---|
//! | 1 | a byte of an exhibit | manifest, then acquisition | manifest |
//! | 2 | the same, manifests anew | acquisition; tree of exchanges | the same |
//! | 3 | an event edited | `prev` of the next line | the same |
//! |   | … chain and manifests anew | root of the filed checkpoint; before the key came, signature of the `key` event | the same |
//! |   | … by an insider | a served checkpoint of the event or later; without one NOT-CHECKED | the same |
//! | 4 | an event deleted | number, `prev`; chained anew: root | the same |
//! | 5 | inserted, repeated, reordered | number, `prev`; chained anew: root | the same |
//! | 6 | the tail cut off | filed and served checkpoints, absent seal | the same |
//! | 7 | the newest checkpoints dropped too | absent seal | the same |
//! |   | … sealed anew by an insider | a checkpoint served after the cut, and nothing else | the same |
//! | 8 | two exhibits exchanged | path and digest in the acquisitions; ledger edited too: `key` event, served root | acquisitions; root |
//! | 9 | a file renamed, added | manifest; manifests anew: ledger | the same |
//! | 10 | dated back by an insider | stamp filed before the event; beacon | the same |
//! |   | … the recorded time of the stamp edited too | the token | the token |
//! | 11 | dated forward by an insider | stamp over the event | the same |
//! |   | made in advance | stale beacon: INCOMPLETE; none: a limit, with `--strict` NOT-CHECKED | stale beacon: INCOMPLETE; none: not a finding |
//! | 12 | checkpoint of another case or older state | origin, size | origin, name of the file |
//! |   | stamp or signature over another checkpoint | imprint, signature | the same |
//! | 13 | two histories, one key | served checkpoint; proof of consistency, which the program refuses to make | the same |
//! | 14 | everything signed anew | named key, signers, authorities: UNTRUSTED-KEY; served checkpoint: INVALID | the same |
//! |   | stamper whose extended key usage is not critical | its certificate: INVALID | `openssl ts`: UNTRUSTED-KEY |
//! | 15 | MD5 alone | manifests that must be there | the same |
//! |   | no signature, no event, size 0 | strict reading | the same |
//! |   | proof with garbage, a hash too many, another place | strict reading | the same |
//! | 16 | `..`, absolute, `~`, link, names that clash | reading of manifests and names | the same; Unicode clash: NOT-CHECKED; `~`: an absent file |
//! | 17 | repeated member, mark, CR, no UTF-8, white space, huge numbers, by an insider | line grammar | the same |
//! | 18 | incremental update of a report | the document alone; `report` event | `report` event |
//! | 19 | tables or report that do not follow, by an insider | making them again | not at all: VALID, as nothing recorded contradicts itself |
//! | 20 | a withheld value left in a copy | `derive --withheld`; what images show is not searched | not at all: nothing is taken in |

mod attacker;
pub(crate) mod authority;
mod documents;
mod evidence;
mod ledger;
mod said;
mod strict;
mod times;
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
        copy.program(if bag == "bag" { 6 } else { 0 }, &trust)
            .nothing_bad();
    }
}
