//! An authority of our own, made with stock `openssl`, and both verdicts.

use affiant_attest::{
    Checked, StampError, StampQuery, Trust, certificates_from_pem, check_response,
};
use affiant_model::Digest;

use crate::stock::Bench;

pub(crate) const NOTE: &[u8] = b"example.org/case\n11\nroot\n";
pub(crate) const NONCE: [u8; 16] = [0xf1; 16];
pub(crate) const PROPER: &str = "basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\n";

pub(crate) const AUTHORITY: &str = "\
[ca]
default_ca = issuer
[issuer]
database = index.txt
serial = serial
new_certs_dir = .
policy = any
unique_subject = no
default_md = sha256
[any]
organizationName = optional
commonName = supplied
[tsa]
default_tsa = stamps
[stamps]
serial = stamps.serial
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
other_policies = 1.2.3.4.5
digests = sha256
accuracy = secs:1, millisecs:500, microsecs:100
clock_precision_digits = 3
ordering = yes
tsa_name = yes
ess_cert_id_alg = sha256
";

/// The authority, leaving out its own name: another may sign for it.
pub(crate) fn nameless() -> String {
    AUTHORITY.replace("tsa_name = yes", "tsa_name = no")
}

/// A root, an authority `tsa` under it, and our query about [`NOTE`].
pub(crate) fn authority(key: &str) -> Bench {
    let bench = Bench::new();
    bench.write("authority.cnf", AUTHORITY);
    bench.write("index.txt", "");
    bench.write("note", NOTE);
    bench.write("query.tsq", query().to_der());
    root(&bench, "root");
    certify(&bench, "tsa", key, PROPER);
    bench
}

pub(crate) fn query() -> StampQuery {
    StampQuery::new(Digest::of(NOTE), NONCE)
}

pub(crate) fn root(bench: &Bench, name: &str) {
    bench.must("openssl", &format!("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout {name}.key -out {name}.pem -subj /CN={name} -days 3650 -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign"));
}

pub(crate) fn request(bench: &Bench, name: &str, key: &str, extensions: &str) {
    bench.write(&format!("{name}.ext"), extensions);
    bench.must(
        "openssl",
        &format!("req -new -newkey {key} -nodes -keyout {name}.key -out {name}.csr -subj /O=Test/CN={name}"),
    );
}

/// A certificate of the root that is valid for long before and after now.
pub(crate) fn certify(bench: &Bench, name: &str, key: &str, extensions: &str) {
    request(bench, name, key, extensions);
    issue(bench, name, "20190101", "20400101");
}

/// Lets the root sign a request, for a time given as `YYYYMMDD`.
pub(crate) fn issue(bench: &Bench, name: &str, from: &str, until: &str) {
    bench.must("openssl", &format!("ca -batch -notext -config authority.cnf -rand_serial -cert root.pem -keyfile root.key -in {name}.csr -out {name}.pem -extfile {name}.ext -startdate {from}000000Z -enddate {until}000000Z"));
}

/// Lets the authority answer the query.
pub(crate) fn stamp(bench: &Bench) -> Vec<u8> {
    bench.must(
        "openssl",
        "ts -reply -config authority.cnf -section stamps -queryfile query.tsq -out answer.tsr",
    );
    bench.read("answer.tsr")
}

/// Signs the statement of an answer again, as an authority of another kind.
pub(crate) fn sign_again(bench: &Bench, name: &str, more: &str) -> Vec<u8> {
    bench.must(
        "openssl",
        "ts -reply -in answer.tsr -token_out -out answer.token",
    );
    bench.must(
        "openssl",
        "cms -verify -noverify -binary -inform DER -in answer.token -out statement",
    );
    bench.must("openssl", &format!("cms -sign -binary -nodetach -nosmimecap -in statement -outform DER -econtent_type 1.2.840.113549.1.9.16.1.4 -signer {name}.pem -inkey {name}.key -out again.token {more}"));
    bench.read("again.token")
}

/// The verdict of `openssl ts -verify`.
pub(crate) fn openssl_accepts(bench: &Bench, token: &[u8], root: &str) -> bool {
    bench.write("checked", token);
    let bare = token_is_bare(token);
    let ran = bench.run(
        "openssl",
        &format!(
            "ts -verify -queryfile query.tsq -in checked {} -CAfile {root}.pem",
            if bare { "-token_in" } else { "" }
        ),
    );
    assert_eq!(
        ran.good,
        ran.said.contains("Verification: OK"),
        "{}",
        ran.said
    );
    ran.good
}

/// A token begins with an object identifier, whatever the length of its head.
pub(crate) fn token_is_bare(der: &[u8]) -> bool {
    der.get(4) == Some(&6)
}

pub(crate) fn check(bench: &Bench, token: &[u8], root: &str) -> Result<Checked, StampError> {
    let anchors = certificates_from_pem(&bench.text(&format!("{root}.pem"))).unwrap();
    check_response(token, &Digest::of(NOTE), Some(&query()), &anchors, &[])
}

pub(crate) fn is_anchored(checked: &Result<Checked, StampError>) -> bool {
    matches!(
        checked,
        Ok(Checked {
            trust: Trust::Anchored { .. },
            ..
        })
    )
}

/// Asserts that both give the same verdict, and gives ours.
pub(crate) fn both(bench: &Bench, token: &[u8], root: &str) -> Result<Checked, StampError> {
    let ours = check(bench, token, root);
    assert_eq!(
        is_anchored(&ours),
        openssl_accepts(bench, token, root),
        "{ours:?}"
    );
    ours
}
