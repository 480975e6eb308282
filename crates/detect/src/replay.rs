use std::borrow::Cow;
use std::ops::Range;

use affiant_model::{DecodedStep, Exchange, Field, Locator, Span, Step, Unpacked};

use crate::decode::{self, DecodeLimits, Escape};
use crate::leaf::carried;
use crate::recipe::{self, Recipe};
use crate::screen::Masks;

/// The way of a locator, gone again from the bytes of the exhibit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    /// The outermost encoded span: the fewest neighbouring bytes of the exhibit
    /// from which the value can be had.
    pub span: Span,
    /// The bytes of the exhibit at `span`, or some of what `unpacked` makes of them.
    pub raw: Vec<u8>,
    /// Which bytes of the field, as the exhibit writes it, `raw` are.
    pub within: Range<usize>,
    /// How `raw` comes out of the exhibit; `None` where it stands in it as it is.
    pub unpacked: Option<Unpacked>,
    /// What turns `raw` into `value`, in order; nothing where they are equal.
    pub recipe: Vec<Recipe>,
    /// The value.
    pub value: Vec<u8>,
}

/// Why a locator leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// The exchange has no such field.
    #[error("the exchange has no field `{0}`")]
    NoField(String),
    /// A step cannot be taken.
    #[error("`{step}` cannot be taken after `{before}`")]
    NoStep {
        /// The step.
        step: String,
        /// The locator up to it.
        before: String,
    },
    /// The stock commands would give another value.
    #[error("the recipe of `{0}` does not give its value")]
    Recipe(String),
}

/// One decoding that has been taken: what it read and how.
pub(crate) struct Stage {
    pub(crate) step: Option<Step>,
    pub(crate) input: Vec<u8>,
    pub(crate) range: Range<usize>,
    pub(crate) escape: Option<Escape>,
}

impl Stage {
    /// The bytes of the input that the stage reads, which are fewer than all
    /// where it picks a part.
    pub(crate) fn slice(&self) -> &[u8] {
        self.input.get(self.range.clone()).unwrap_or_default()
    }
}

/// Takes every step of a locator; gives the stages and the value.
pub(crate) fn stages(
    exchange: &Exchange,
    locator: &Locator,
    limits: &DecodeLimits,
) -> Result<(Vec<Stage>, Vec<u8>), ReplayError> {
    let field = field_of(exchange, locator)?;
    let raw = exchange.bytes_of(field);
    let carrier = Stage {
        step: None,
        input: raw.to_vec(),
        range: 0..raw.len(),
        escape: Some(carried(field)),
    };
    let mut stages = vec![carrier];
    let mut bytes = carried(field).decode(raw).into_owned();
    for (at, step) in locator.steps.iter().enumerate() {
        let child = decode::apply(step, &bytes, limits).ok_or_else(|| ReplayError::NoStep {
            step: step.to_string(),
            before: Locator {
                field: locator.field.clone(),
                steps: locator.steps[..at].to_vec(),
            }
            .to_string(),
        })?;
        let (range, escape) = (child.range.clone(), child.escape);
        let next = child.bytes.into_owned();
        stages.push(Stage {
            step: Some(step.clone()),
            input: bytes,
            range,
            escape,
        });
        bytes = next;
    }
    Ok((stages, bytes))
}

fn field_of<'e>(exchange: &'e Exchange, locator: &Locator) -> Result<&'e Field, ReplayError> {
    exchange
        .field(locator)
        .ok_or_else(|| ReplayError::NoField(locator.field.to_string()))
}

/// Goes the way of a locator again, from the bytes of the exhibit to the value.
///
/// # Errors
/// Where the exchange has no such field, or a step cannot be taken.
pub fn replay(
    exchange: &Exchange,
    locator: &Locator,
    limits: &DecodeLimits,
) -> Result<Replay, ReplayError> {
    let field = field_of(exchange, locator)?;
    let (stages, value) = stages(exchange, locator, limits)?;
    let opaque = stages
        .iter()
        .position(|stage| stage.escape.is_none())
        .unwrap_or(stages.len());
    let (range, undo) = narrow(
        &stages[..opaque],
        stages.get(opaque).map_or(value.len(), |s| s.input.len()),
    );
    let mut recipe: Vec<Recipe> = undo.into_iter().map(Recipe::undo).collect();
    recipe.extend(stages[opaque..].iter().flat_map(recipe::of_stage));

    let raw = exchange
        .bytes_of(field)
        .get(range.clone())
        .unwrap_or_default()
        .to_vec();
    let place = exchange.place(field, &range);
    let start = field.range.start;
    let unpacked = match (&exchange.unpacked, place) {
        (Some(unpacked), None) => {
            Some(unpacked.narrowed(&(start + range.start..start + range.end)))
        }
        _ => None,
    };
    let replay = Replay {
        span: place.unwrap_or(exchange.span),
        raw,
        within: range,
        unpacked,
        recipe,
        value,
    };
    if replay
        .states(limits)
        .last()
        .is_none_or(|last| *last == replay.value)
    {
        Ok(replay)
    } else {
        Err(ReplayError::Recipe(locator.to_string()))
    }
}

/// Every state on the way of a locator, from the bytes of the field to the
/// value, each with at most `excerpt` characters around what is read next.
///
/// # Errors
/// As [`replay`].
pub fn ladder(
    exchange: &Exchange,
    locator: &Locator,
    limits: &DecodeLimits,
    excerpt: usize,
) -> Result<Vec<DecodedStep>, ReplayError> {
    masked_ladder(exchange, locator, limits, excerpt, &Masks::default())
}

/// A [`ladder`] whose excerpts show none of what `masks` cover. Sizes and digests
/// are those of the bytes as they are.
///
/// # Errors
/// As [`replay`].
pub(crate) fn masked_ladder(
    exchange: &Exchange,
    locator: &Locator,
    limits: &DecodeLimits,
    excerpt: usize,
    masks: &Masks,
) -> Result<Vec<DecodedStep>, ReplayError> {
    let field = field_of(exchange, locator)?;
    let (stages, value) = stages(exchange, locator, limits)?;
    let mut title = format!("{}: {}", locator.field, place_in_words(exchange, field));
    let mut states = Vec::new();
    for (at, stage) in stages.iter().enumerate() {
        let carrier = stage.step.is_none();
        // What the next stage reads, by its place in this one's input.
        let next = match stages.get(at + 1) {
            Some(next) if carrier => carrier_range(stage, &next.range),
            _ => stage.range.clone(),
        };
        states.push(recipe::state(
            std::mem::take(&mut title),
            &stage.input,
            &masks.hidden(locator, at, &stage.input),
            &next,
            excerpt,
        ));
        title = stage
            .step
            .as_ref()
            .map_or_else(|| "JSON escapes undone".to_owned(), ToString::to_string);
        if carrier
            && stage
                .escape
                .is_some_and(|escape| escape.is_plain(&stage.input))
            && stages.len() > 1
        {
            // Nothing to undo: the next state is the same bytes.
            title = states.pop().map_or_else(String::new, |state| state.title);
        }
    }
    let shown = masks.hidden(locator, stages.len(), &value);
    let whole = 0..value.len();
    states.push(recipe::state(title, &value, &shown, &whole, excerpt));
    Ok(states)
}

/// Where the bytes of a field are.
fn place_in_words(exchange: &Exchange, field: &Field) -> String {
    let place = exchange.place(field, &(0..field.range.len()));
    let Span { offset, length } = place.unwrap_or(field.span);
    let (Some(unpacked), None) = (&exchange.unpacked, place) else {
        return format!("{length} bytes of the exhibit, from byte {offset}");
    };
    let way: Vec<String> = unpacked.steps.iter().map(ToString::to_string).collect();
    format!(
        "{} bytes, from byte {} of what `{}` gives of the exhibit's {length} bytes from byte {offset}",
        field.range.len(),
        unpacked.offset + field.range.start as u64,
        way.join(" / "),
    )
}

fn carrier_range(carrier: &Stage, next: &Range<usize>) -> Range<usize> {
    carrier
        .escape
        .unwrap_or(Escape::None)
        .raw_range(&carrier.input, next)
}

/// The bytes of the first stage's input that spell the first `length` bytes
/// behind the last stage, and the escapes that must be undone in them.
fn narrow(stages: &[Stage], length: usize) -> (Range<usize>, Vec<Escape>) {
    let mut range = 0..length;
    let mut undo = Vec::new();
    for stage in stages.iter().rev() {
        let escape = stage.escape.unwrap_or(Escape::None);
        let inner = escape.raw_range(stage.slice(), &range);
        let spelt = stage.slice().get(inner.clone()).unwrap_or_default();
        if !escape.is_plain(spelt) {
            undo.push(escape);
        }
        range = stage.range.start + inner.start..stage.range.start + inner.end;
    }
    undo.reverse();
    (range, undo)
}

impl Replay {
    /// The bytes at the span, then after each part of the recipe; the last is the value.
    pub(crate) fn states(&self, limits: &DecodeLimits) -> Vec<Vec<u8>> {
        let mut states = vec![self.raw.clone()];
        for part in &self.recipe {
            let input = states.last().map_or(&[][..], Vec::as_slice);
            let output = part
                .run(input, limits)
                .map_or_else(Vec::new, Cow::into_owned);
            states.push(output);
        }
        states
    }
}
