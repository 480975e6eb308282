use affiant_model::Span;

/// Bytes of a packet or of a datagram put together, with their places in the file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Data<'a> {
    /// What was captured.
    pub(crate) bytes: &'a [u8],
    /// Bytes behind them that were sent but not captured.
    pub(crate) missing: u64,
    places: Places<'a>,
}

#[derive(Debug, Clone, Copy)]
enum Places<'a> {
    /// All in one run that begins here.
    Run(u64),
    /// In these runs, less so many bytes of the first ones.
    Runs(&'a [Span], u64),
}

impl<'a> Data<'a> {
    /// Bytes that stand in one run of the file from `offset`.
    pub(crate) const fn run(bytes: &'a [u8], offset: u64, missing: u64) -> Self {
        Self {
            bytes,
            missing,
            places: Places::Run(offset),
        }
    }

    /// Bytes that stand in several runs, whose lengths sum up to theirs.
    pub(crate) const fn runs(bytes: &'a [u8], runs: &'a [Span]) -> Self {
        Self {
            bytes,
            missing: 0,
            places: Places::Runs(runs, 0),
        }
    }

    /// Bytes sent, captured or not.
    pub(crate) const fn length(&self) -> u64 {
        self.bytes.len() as u64 + self.missing
    }

    /// Without the first `count` bytes; `None` if they were not captured.
    pub(crate) fn behind(&self, count: usize) -> Option<Self> {
        let bytes = self.bytes.get(count..)?;
        Some(Self {
            bytes,
            places: self.places.behind(count as u64),
            ..*self
        })
    }

    /// The first `length` bytes sent: what is beyond was added by others, such as padding.
    pub(crate) fn first(&self, length: u64) -> Self {
        let captured = usize::try_from(length).unwrap_or(usize::MAX);
        match self.bytes.get(..captured) {
            Some(bytes) => Self {
                bytes,
                missing: 0,
                ..*self
            },
            None => Self {
                missing: length - self.bytes.len() as u64,
                ..*self
            },
        }
    }

    /// The run of the file from the first byte on, as far as it goes.
    pub(crate) fn span(&self) -> Span {
        match self.places {
            Places::Run(offset) => Span::new(offset, self.bytes.len() as u64),
            Places::Runs(runs, skip) => clip(runs, skip, self.bytes.len() as u64)
                .next()
                .unwrap_or(Span::new(0, 0)),
        }
    }

    /// Hands `take` the runs of the file the bytes stand in.
    pub(crate) fn with_places<T>(&self, take: impl FnOnce(&[Span]) -> T) -> T {
        let length = self.bytes.len() as u64;
        match self.places {
            Places::Run(offset) => take(&[Span::new(offset, length)]),
            Places::Runs(runs, skip) => take(&clip(runs, skip, length).collect::<Vec<_>>()),
        }
    }
}

impl Places<'_> {
    const fn behind(self, count: u64) -> Self {
        match self {
            Self::Run(offset) => Self::Run(offset + count),
            Self::Runs(runs, skip) => Self::Runs(runs, skip + count),
        }
    }
}

/// `length` bytes of `runs`, from byte `skip` of them on.
fn clip(runs: &[Span], mut skip: u64, mut length: u64) -> impl Iterator<Item = Span> + '_ {
    runs.iter().filter_map(move |run| {
        let before = skip.min(run.length);
        skip -= before;
        let taken = (run.length - before).min(length);
        length -= taken;
        (taken > 0).then(|| Span::new(run.offset + before, taken))
    })
}
