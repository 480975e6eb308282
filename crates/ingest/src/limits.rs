/// Holds the bounds within which a traffic log is read. What exceeds one is a
/// defect with its place; the rest is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Size in bytes of the largest entry that is read; by default 512 MiB.
    pub entry_bytes: usize,
    /// Size in bytes of the largest statement of the log about itself (one
    /// member of HAR's `log` other than its entries); by default 1 MiB.
    pub member_bytes: usize,
    /// Size in bytes of the largest file that helps to read others, and of all
    /// secrets that a capture of packets holds itself; by default 64 MiB.
    pub aid_bytes: usize,
    /// Number of entries read of a capture of packets; by default 50 million.
    pub entries: u32,
    /// Number of conversations of a capture of packets that are held at once;
    /// by default 65 536.
    pub conversations: usize,
    /// Size in bytes of all requests of a capture of packets that are held until
    /// their end or their answer; by default 1 GiB.
    pub held_bytes: u64,
    /// Number of runs of the file that one request is put together of; by
    /// default 4 096. Of more, it is named by its packets.
    pub runs: usize,
    /// Number of places in the file that are held of one conversation; by
    /// default 524 288.
    pub places: usize,
    /// Number of places that are held of all; by default 4 million.
    pub all_places: usize,
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
            aid_bytes: 64 << 20,
            entries: 50_000_000,
            conversations: 65_536,
            held_bytes: 1 << 30,
            runs: 4_096,
            places: 1 << 19,
            all_places: 4 << 20,
            fields: 100_000,
            stated_items: 500,
            stated_bytes: 4 << 10,
            line_bytes: 16 << 20,
            page_bytes: 512 << 20,
            unpacked_bytes: 256 << 30,
        }
    }
}
