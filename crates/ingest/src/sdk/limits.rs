/// Holds the bounds within which SDK material is read. What exceeds one is a
/// defect with its place; the rest is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SdkLimits {
    /// Size in bytes of the largest file that is held whole: every file that is
    /// no archive, and the members of an archive that are; by default 128 MiB.
    pub file_bytes: usize,
    /// Number of members of an archive that are looked at; by default 200 000.
    pub members: usize,
    /// Size in bytes of all members of an archive that are unpacked; by default 16 GiB.
    pub unpacked_bytes: u64,
    /// Depth to which elements of XML, objects of JSON and containers of a
    /// property list are followed; by default 100.
    pub depth: usize,
    /// Number of values of one file of JSON, XML or a property list; by default 4 million.
    pub values: usize,
    /// Size in bytes of all texts of one property list or Android binary XML,
    /// which may name one text many times; by default 64 MiB.
    pub text_bytes: usize,
    /// Number of findings handed out of an exhibit; by default 1 million.
    pub findings: u64,
    /// Number of defects handed out of an exhibit; by default 10 000.
    pub defects: u64,
    /// Size in bytes of the longest value or detail of a finding; by default 4 KiB.
    pub value_bytes: usize,
}

impl Default for SdkLimits {
    fn default() -> Self {
        Self {
            file_bytes: 128 << 20,
            members: 200_000,
            unpacked_bytes: 16 << 30,
            depth: 100,
            values: 4_000_000,
            text_bytes: 64 << 20,
            findings: 1_000_000,
            defects: 10_000,
            value_bytes: 4 << 10,
        }
    }
}
