use super::facebook::State;
use super::har::Entry;
use super::profile::Profile;
use super::random::Random;
use super::time::Moment;

/// One run of the test while it is being written.
pub(crate) struct Session<'a> {
    pub(crate) profile: &'static Profile,
    pub(crate) version: &'static str,
    pub(crate) state: State,
    pub(crate) now: Moment,
    pub(crate) random: &'a mut Random,
    pub(crate) entries: Vec<Entry>,
}

impl Session<'_> {
    /// Lets some milliseconds pass, and tells the time.
    pub(crate) fn pass(&mut self, low: i64, high: i64) -> Moment {
        let millis = self.random.between(low, high);
        let micros = self.random.between(0, 1000);
        self.now = self.now.plus_millis(millis).plus_micros(micros);
        self.now
    }
}
