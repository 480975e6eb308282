use affiant_model::{Exchange, Locator, Span};

use crate::decode::DecodeLimits;
use crate::{ReplayError, replay};

/// How many bytes of an exchange's fields are decoded again to check what was
/// found in them.
pub(super) const REPLAYED_BYTES: usize = 256 << 20;

/// Replays what was found, as long as the bounds allow.
pub(super) struct Checks<'c> {
    pub(super) exchange: &'c Exchange,
    pub(super) limits: &'c DecodeLimits,
    pub(super) left: usize,
    pub(super) unchecked: usize,
}

impl Checks<'_> {
    pub(super) fn check(
        &mut self,
        value: &[u8],
        span: Span,
        locator: &Locator,
    ) -> Result<(), ReplayError> {
        let size = self
            .exchange
            .field(locator)
            .map_or(0, |field| field.range.len());
        let Some(left) = self
            .left
            .checked_sub(size.saturating_mul(locator.steps.len() + 1))
        else {
            self.unchecked += 1;
            return Ok(());
        };
        self.left = left;
        let replay = replay(self.exchange, locator, self.limits)?;
        if replay.value == value && replay.span == span {
            Ok(())
        } else {
            Err(ReplayError::Recipe(locator.to_string()))
        }
    }
}
