use std::fs;

use affiant_custody::{Error, Removal, describe};

use crate::{Scene, entries};

#[test]
fn a_derived_file_is_replaced_whole_and_named_as_it_is() {
    let scene = Scene::empty();
    for (path, bytes) in [
        ("tables/transmittals.csv", "a longer text"),
        ("tables/transmittals.csv", "rows"),
        ("reports/placeholders/E-0001.pdf", "page"),
    ] {
        let object = scene.folder().write_derived(path, bytes.as_bytes());
        assert_eq!(scene.read(path), bytes);
        assert_eq!(object.unwrap(), describe(&scene.root(), path).unwrap());
    }
    assert_eq!(entries(&scene.path("tables")), ["transmittals.csv"]);
    assert_eq!(entries(&scene.path("reports/placeholders")), ["E-0001.pdf"]);
}

#[test]
fn a_derived_file_goes_below_tables_or_reports_and_nowhere_else() {
    let scene = Scene::empty();
    let before = scene.read("custody/ledger.jsonl");
    let write = |path| scene.folder().write_derived(path, b"x");
    for path in [
        "case.toml",
        "tables",
        "custody/ledger.jsonl",
        "evidence/E-0001.har",
        "../tables/x",
        "/tables/x",
        "./tables/x",
    ] {
        let result = write(path);
        assert!(
            matches!(result, Err(Error::NotDerived { .. })),
            "{path}: {result:?}"
        );
    }
    for path in [
        "tables/../case.toml",
        "tables/",
        "tables//x",
        "reports/../../x",
        "reports/a\\b",
    ] {
        let result = write(path);
        assert!(
            matches!(result, Err(Error::Outside { .. })),
            "{path}: {result:?}"
        );
    }
    assert_eq!(scene.read("custody/ledger.jsonl"), before);
    assert_eq!(scene.read("case.toml"), crate::CASE);
}

#[test]
fn documents_are_put_in_their_places_together_or_not_at_all() {
    let scene = Scene::empty();
    let folder = scene.folder();
    folder.write_derived("reports/a.pdf", b"old").unwrap();
    // What an earlier start has left is removed.
    fs::create_dir(scene.path("reports/.report.new")).unwrap();
    fs::write(scene.path("reports/.report.new/0"), "left").unwrap();
    let mut staging = folder.stage().unwrap();
    let new = staging.put("reports/a.pdf", b"new").unwrap();
    assert_eq!(scene.read("reports/a.pdf"), "old");
    drop(staging);
    assert_eq!(entries(&scene.path("reports")), ["a.pdf"]);
    assert_eq!(scene.read("reports/a.pdf"), "old");

    let mut staging = folder.stage().unwrap();
    let refused = staging.put("tables/../case.toml", b"x");
    assert!(matches!(refused, Err(Error::Outside { .. })), "{refused:?}");
    staging.put("reports/a.pdf", b"new").unwrap();
    staging.put("reports/filing/b.pdf", b"b").unwrap();
    let objects = staging.settle().unwrap();
    assert_eq!(objects[0], new);
    assert_eq!(scene.read("reports/a.pdf"), "new");
    assert_eq!(scene.read("reports/filing/b.pdf"), "b");
    assert_eq!(entries(&scene.path("reports")), ["a.pdf", "filing"]);

    // A folder in the place of the last: none is moved.
    fs::create_dir(scene.path("reports/c.pdf")).unwrap();
    let mut staging = folder.stage().unwrap();
    staging.put("reports/a.pdf", b"newer").unwrap();
    staging.put("reports/c.pdf", b"c").unwrap();
    assert!(matches!(staging.settle(), Err(Error::NotOrdinary { .. })));
    assert_eq!(scene.read("reports/a.pdf"), "new");

    assert_eq!(
        folder.remove_derived(&objects[0]).unwrap(),
        Removal::Removed
    );
    assert_eq!(folder.remove_derived(&objects[0]).unwrap(), Removal::Absent);
    fs::write(scene.path("reports/filing/b.pdf"), "B").unwrap();
    assert_eq!(folder.remove_derived(&objects[1]).unwrap(), Removal::Left);
    assert_eq!(scene.read("reports/filing/b.pdf"), "B");
}

#[cfg(unix)]
#[test]
fn a_derived_file_is_not_written_through_a_link() {
    use std::os::unix::fs::symlink;
    // The folders, a folder further down, and the file itself.
    for link in ["tables", "tables/deep", "tables/deep/rows.csv"] {
        let scene = Scene::empty();
        let aside = scene.dir.path().join("aside");
        fs::create_dir(&aside).unwrap();
        let victim = match link.ends_with(".csv") {
            true => aside.join("rows.csv"),
            false => aside.clone(),
        };
        fs::write(aside.join("rows.csv"), "theirs").unwrap();
        if link == "tables" {
            fs::remove_dir(scene.path("tables")).unwrap();
        } else if link != "tables/deep" {
            fs::create_dir(scene.path("tables/deep")).unwrap();
        }
        symlink(&victim, scene.path(link)).unwrap();
        let result = scene
            .folder()
            .write_derived("tables/deep/rows.csv", b"ours");
        assert!(
            matches!(result, Err(Error::NotOrdinary { .. })),
            "{link}: {result:?}"
        );
        assert_eq!(entries(&aside), ["rows.csv"], "{link}");
        assert_eq!(
            fs::read_to_string(aside.join("rows.csv")).unwrap(),
            "theirs",
            "{link}"
        );
    }
    // A draft that is a link is itself removed.
    let scene = Scene::empty();
    let victim = scene.dir.path().join("victim");
    fs::write(&victim, "theirs").unwrap();
    symlink(&victim, scene.path("tables/.rows.csv.new")).unwrap();
    scene
        .folder()
        .write_derived("tables/rows.csv", b"ours")
        .unwrap();
    assert_eq!(fs::read_to_string(&victim).unwrap(), "theirs");
    assert_eq!(entries(&scene.path("tables")), ["rows.csv"]);
    assert_eq!(scene.read("tables/rows.csv"), "ours");
}
