//! Whether the form that a case asks for can be set on paper.

use affiant_model::{Case, Form, PathSegment, Problem};

use super::{chosen, form_of, profiles};

/// What is left above and below the lines, in points, at the least: the rule, the
/// title, the page number and the legend stand there.
const FOOT: u32 = 48;

/// Everything wrong with the form of papers that the case file states.
#[must_use]
pub fn form_problems(case: &Case) -> Vec<Problem> {
    let matter = |key| vec![PathSegment::Key("matter"), PathSegment::Key(key)];
    let Some(profile) = chosen(case) else {
        let known: Vec<_> = profiles().iter().map(|p| p.slug.as_str()).collect();
        return vec![Problem {
            path: matter("profile"),
            message: format!("there is no profile `{}`", case.matter.profile),
            remedy: format!("name one of {}", known.join(", ")),
        }];
    };
    let mut found = Vec::new();
    if !case.matter.is_before(profile.forum) {
        found.push(Problem {
            path: matter("profile"),
            message: format!(
                "`{}` is a form of forum `{}`, before which the matter is not",
                profile.slug, profile.forum
            ),
            remedy: "name the forum in `forums`, or another profile".to_owned(),
        });
    }
    let form = form_of(case, Some(profile.forum));
    found.extend(faults(&form).into_iter().map(|(key, message, remedy)| {
        let mut path = matter("form");
        path.push(PathSegment::Key(key));
        Problem {
            path,
            message,
            remedy,
        }
    }));
    for (index, counsel) in case.counsel.iter().enumerate() {
        if counsel.name.trim().is_empty() {
            found.push(Problem {
                path: vec![
                    PathSegment::Key("counsel"),
                    PathSegment::Index(index),
                    PathSegment::Key("name"),
                ],
                message: "the counsel has no name".to_owned(),
                remedy: "name counsel, or take the entry out: a blank is printed".to_owned(),
            });
        }
    }
    found
}

/// What cannot be: the key, what is wrong, what to do.
pub(super) fn faults(form: &Form) -> Vec<(&'static str, String, String)> {
    let mut found = Vec::new();
    let mut fault = |wrong: bool, key, message: String, remedy: &str| {
        if wrong {
            found.push((key, message, remedy.to_owned()));
        }
    };
    let height = match form.paper.as_str() {
        "letter" => 792,
        "a4" => 841,
        other => {
            let message = format!("`{other}` is no sheet of paper");
            fault(true, "paper", message, "write \"letter\" or \"a4\"");
            792
        }
    };
    fault(
        !["first line", "footer"].contains(&form.counsel_at.as_str()),
        "counsel_at",
        format!("`{}` is no place for counsel", form.counsel_at),
        "write \"first line\" or \"footer\"",
    );
    fault(
        form.font_pt != 0 && !(8..=20).contains(&form.font_pt),
        "font_pt",
        format!("type of {} points is not legible as a text", form.font_pt),
        "write 8 to 20, or 0 for that of the templates",
    );
    fault(
        form.line_pitch_pt != 0 && form.line_pitch_pt < form.font_pt,
        "line_pitch_pt",
        format!(
            "lines of {} points every {} points run into one another",
            form.font_pt, form.line_pitch_pt
        ),
        "write at least the size of the type",
    );
    fault(
        form.margin_left_mm + form.margin_right_mm > 110,
        "margin_left_mm",
        format!(
            "margins of {} and {} mm leave no room for text",
            form.margin_left_mm, form.margin_right_mm
        ),
        "write at most 110 mm together",
    );
    fault(
        form.limit_mb > 1_000,
        "limit_mb",
        format!("{} MB is no limit of a filing system", form.limit_mb),
        "write 1 to 1000, or 0 where none is stated",
    );
    fault(
        form.file_name_characters
            .chars()
            .any(|c| "/\\:*?\"<>|".contains(c) || c.is_control()),
        "file_name_characters",
        "a character of it cannot stand in the name of a file".to_owned(),
        "write such as \"-_\"",
    );
    fault(
        form.file_name_length != 0 && form.file_name_length < 12,
        "file_name_length",
        format!("{} characters hold no name", form.file_name_length),
        "write 12 or more, or 0 where no limit is stated",
    );
    if form.numbered_lines {
        let used = form.clear_top_pt + form.lines * form.line_pitch_pt + FOOT;
        fault(
            form.lines == 0 || form.line_pitch_pt == 0 || form.font_pt == 0,
            "lines",
            "numbered lines need their number, their pitch and a size of type".to_owned(),
            "state `lines`, `line_pitch_pt` and `font_pt`",
        );
        fault(
            used > height,
            "lines",
            format!(
                "{} lines of {} points do not fit below {} points that stay clear and above {FOOT} for the footer: {used} of {height}",
                form.lines, form.line_pitch_pt, form.clear_top_pt
            ),
            "state fewer lines or a smaller pitch",
        );
        fault(
            form.caption_line == 0 || form.caption_line >= form.lines,
            "caption_line",
            format!(
                "the caption cannot begin on line {} of {}",
                form.caption_line, form.lines
            ),
            "state a line of the page",
        );
    }
    found
}
