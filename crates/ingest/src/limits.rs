/// Holds the bounds within which a traffic log is read. What exceeds one is a
/// defect with its place; the rest is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Size in bytes of the largest entry that is read; by default 512 MiB.
    pub entry_bytes: usize,
    /// Size in bytes of the largest statement of the log about itself (one
    /// member of HAR's `log` other than its entries); by default 1 MiB.
    pub member_bytes: usize,
    /// Number of headers, cookies and parameters read of one request; by
    /// default 100 000.
    pub fields: usize,
    /// Number of statements kept of the log about device, application and
    /// session; by default 500.
    pub stated_items: usize,
    /// Size in bytes of the longest such statement, name and text each; by
    /// default 4 KiB.
    pub stated_bytes: usize,
    /// Size in bytes of the longest line of a log of lines; by default 16 MiB.
    pub line_bytes: usize,
    /// Size in bytes of the largest page of HTML, which is held whole; by default
    /// 512 MiB.
    pub page_bytes: usize,
    /// Size in bytes of what a compressed file may unpack to; by default 256
    /// GiB. What unpacks to more than 64 MiB must besides not do so by more than
    /// 200 times.
    pub unpacked_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            entry_bytes: 512 << 20,
            member_bytes: 1 << 20,
            fields: 100_000,
            stated_items: 500,
            stated_bytes: 4 << 10,
            line_bytes: 16 << 20,
            page_bytes: 512 << 20,
            unpacked_bytes: 256 << 30,
        }
    }
}
