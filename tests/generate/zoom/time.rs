/// A moment in microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(i64);

const DAY: i64 = 86_400;

impl Moment {
    /// A time of a day of March 2020, in UTC.
    pub(crate) const fn march(day: i64, hour: i64, minute: i64, second: i64) -> Self {
        // 2020-03-01 is day 18322 since 1970-01-01.
        Self(((18_321 + day) * DAY + hour * 3600 + minute * 60 + second) * 1_000_000)
    }

    pub(crate) const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0 + millis * 1000)
    }

    pub(crate) const fn plus_micros(self, micros: i64) -> Self {
        Self(self.0 + micros)
    }

    /// Seconds since 1970-01-01T00:00:00Z, rounded as the SDK rounds them.
    pub(crate) const fn unix(self) -> i64 {
        (self.0 + 500_000).div_euclid(1_000_000)
    }

    /// `2020-03-25T17:05:00.123456+00:00`, as Python's `isoformat` writes it.
    pub(crate) fn iso_python(self) -> String {
        format!(
            "{}.{:06}+00:00",
            self.calendar(),
            self.0.rem_euclid(1_000_000)
        )
    }

    /// `2020-03-25T17:05:00.123Z`.
    pub(crate) fn iso_millis(self) -> String {
        format!(
            "{}.{:03}Z",
            self.calendar(),
            self.0.rem_euclid(1_000_000) / 1000
        )
    }

    fn calendar(self) -> String {
        let seconds = self.0.div_euclid(1_000_000);
        let (days, rest) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
        format!(
            "2020-03-{:02}T{:02}:{:02}:{:02}",
            days - 18_321,
            rest / 3600,
            rest / 60 % 60,
            rest % 60
        )
    }
}
