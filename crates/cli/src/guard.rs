use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Longest account of a failure that is kept, in characters. It may quote evidence.
const LONGEST: usize = 200;

/// Does the work; where the program fails at it, says how instead. One piece of
/// evidence that the program fails on must not keep the rest from being read.
///
/// What the work was changing when it failed must not be relied on afterwards.
pub(crate) fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| account(payload.as_ref()))
}

/// What a failure says of itself, cut to a bounded length.
pub(crate) fn account(payload: &(dyn Any + Send)) -> String {
    let text = match (
        payload.downcast_ref::<&str>(),
        payload.downcast_ref::<String>(),
    ) {
        (Some(text), _) => text,
        (_, Some(text)) => text.as_str(),
        _ => "it does not say how",
    };
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{} …", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_told_in_words_of_bounded_length_and_the_rest_goes_on() {
        let told = [0, 9, 1].map(|at| guarded(|| [10, 20][std::hint::black_box(at)]));
        assert_eq!((&told[0], &told[2]), (&Ok(10), &Ok(20)));
        let failed = told[1].as_ref().unwrap_err();
        assert!(failed.contains("out of bounds"), "{failed}");
        let long = guarded(|| -> () { panic!("{}", "é".repeat(5000)) }).unwrap_err();
        assert_eq!(long.chars().count(), LONGEST + 2);
        let silent = guarded(|| -> () { std::panic::panic_any(7) }).unwrap_err();
        assert_eq!(silent, "it does not say how");
    }
}
