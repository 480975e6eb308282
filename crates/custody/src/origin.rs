//! The name under which a case signs: it binds a checkpoint to this very case.

use std::path::Path;

use affiant_model::Digest;

/// Name of a case whose folder gives none.
const NAMELESS: &str = "case";

/// The name of the case in its first event: that of its folder.
pub(crate) fn name_of(root: &Path) -> String {
    let name = root.file_name().unwrap_or_default().to_string_lossy();
    slug(&name)
}

/// Small letters, digits and hyphens, 64 at most: a key name of C2SP allows no
/// space and no plus sign.
fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        match c {
            'a'..='z' | '0'..='9' => slug.push(c),
            _ if slug.is_empty() || slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
    }
    slug.truncate(64);
    match slug.trim_end_matches('-') {
        "" => NAMELESS.to_owned(),
        slug => slug.to_owned(),
    }
}

/// The origin, from the digest of the first line and the name in it.
pub(crate) fn origin(first: &Digest, name: Option<&str>) -> String {
    // Whatever stands in the ledger, the origin is fit to be a key name.
    let name = slug(name.unwrap_or(NAMELESS));
    format!("affiant.case/{name}/{}", &first.to_hex()[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_small_letters_digits_and_hyphens() {
        assert_eq!(name_of(Path::new("/x/Zoom 2020 + more")), "zoom-2020-more");
        assert_eq!(name_of(Path::new("..")), "case");
        let digest = Digest::of(b"");
        assert_eq!(
            origin(&digest, Some("a\nb")),
            "affiant.case/a-b/e3b0c44298fc1c14"
        );
    }
}
