//! The form of papers of a court: profiles of `datasets/courts`, and what the
//! case states in their place.

mod check;
mod profile;

use affiant_model::{Case, Form, Forum, Matter};

pub use check::form_problems;
use profile::{Profile, profiles};

/// The matter as a document of `forum` may name it, and whether its court is of another
/// forum. Court, docket, judge and caption are those of the forum of the profile: before
/// another they are not the proceeding's, and a person is to state its own.
pub(crate) fn matter_before(case: &Case, forum: Option<Forum>) -> (Matter, bool) {
    let of = chosen(case).map_or_else(|| first_forum(case), |profile| profile.forum);
    if forum.is_none_or(|forum| forum == of) {
        return (case.matter.clone(), false);
    }
    let matter = Matter {
        caption: String::new(),
        court: String::new(),
        division: String::new(),
        judge: String::new(),
        docket: Vec::new(),
        ..case.matter.clone()
    };
    (matter, true)
}

/// The form that the papers of the case have before `forum`; `None` is a document that
/// serves before any. The profile of the case counts for its own forum; before another
/// the common form of that law does.
pub(crate) fn form_of(case: &Case, forum: Option<Forum>) -> Form {
    let chosen = chosen(case);
    let profile = match (chosen, forum) {
        (Some(profile), Some(forum)) if profile.forum != forum => common(forum),
        (Some(profile), _) => profile,
        (None, forum) => common(forum.unwrap_or_else(|| first_forum(case))),
    };
    let mut form = profile.form();
    // What the case states is meant for the court that it names.
    if chosen.is_none_or(|chosen| chosen.slug == profile.slug) {
        form.take(&case.matter.form);
    }
    form
}

/// The profile that the case names, or the common one of its first forum.
fn chosen(case: &Case) -> Option<&'static Profile> {
    match case.matter.profile.as_str() {
        "" => Some(common(first_forum(case))),
        slug => profiles().iter().find(|profile| profile.slug == slug),
    }
}

fn first_forum(case: &Case) -> Forum {
    case.matter
        .forums
        .first()
        .copied()
        .unwrap_or(Forum::UnitedStates)
}

fn common(forum: Forum) -> &'static Profile {
    let slug = match forum {
        Forum::UnitedStates => "us-federal",
        Forum::EuropeanUnion => "eu",
        Forum::UnitedKingdom => "uk",
        Forum::India => "in",
    };
    profiles()
        .iter()
        .find(|profile| profile.slug == slug)
        .unwrap_or_else(|| unreachable!("`{slug}` is compiled in"))
}

/// The sheet of paper, as the typesetter calls it.
pub(crate) fn sheet(form: &Form) -> &'static str {
    match form.paper.as_str() {
        "a4" => "a4",
        _ => "us-letter",
    }
}

/// Largest file that is filed, in bytes; `None` where no limit is stated. A court that
/// says megabytes may mean 2^20 bytes; the smaller reading is safe by either.
pub(crate) fn limit(form: &Form) -> Option<u64> {
    (form.limit_mb > 0).then(|| u64::from(form.limit_mb) * 1_000_000)
}

/// The name of a file, without its ending, as the court takes it.
pub(crate) fn file_name(form: &Form, name: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || form.file_name_characters.contains(c);
    let mut name: String = name
        .chars()
        .map(|c| if fits(c) { c } else { '_' })
        .collect();
    if form.file_name_length > 4 {
        name.truncate(form.file_name_length as usize - 4);
    }
    name
}
