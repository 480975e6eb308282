/// One second of the capture's clock.
const SECOND: i128 = 1_000_000_000;

/// Bounds of what is held; hitting one is a [`Trouble`](crate::Trouble) or a declared loss.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one packet or block of a capture file.
    pub block_bytes: usize,
    /// Interfaces described in a capture file.
    pub interfaces: usize,
    /// Remarks kept of sections and interfaces of a capture file; later ones are not.
    pub remarks: usize,
    /// Bytes of those remarks.
    pub remark_bytes: usize,
    /// Names of hosts in one block of a capture file.
    pub names: usize,
    /// Applications a capture file names.
    pub apps: usize,
    /// TCP and UDP conversations held at once; the one silent for longest gives way.
    pub conversations: usize,
    /// Nanoseconds of the capture's clock after which a silent TCP conversation is closed.
    pub tcp_idle: i128,
    /// Nanoseconds of the capture's clock after which a silent UDP conversation is closed.
    pub udp_idle: i128,
    /// Nanoseconds for which a finished TCP conversation still takes stray segments.
    pub linger: i128,
    /// Bytes held out of order for one side of a TCP conversation.
    pub side_bytes: usize,
    /// Bytes held out of order for all TCP conversations together.
    pub held_bytes: usize,
    /// Packets of a conversation that a hole may wait for after the other side acknowledged
    /// what stood in it: a capture may write packets in another order than the wire had.
    pub patience_packets: u64,
    /// Nanoseconds a hole may wait for after it was acknowledged.
    pub patience_time: i128,
    /// Bytes kept of what a side sent, to compare with what it sends again.
    pub overlap_bytes: usize,
    /// Bytes kept so for all conversations together; later ones are not compared.
    pub overlaps_bytes: usize,
    /// IP datagrams in reassembly at once.
    pub datagrams: usize,
    /// Bytes of all fragments held.
    pub fragment_bytes: usize,
    /// Nanoseconds of the capture's clock for which fragments wait for the rest (RFC 8200 §4.5).
    pub fragment_time: i128,
    /// Headers one inside the other: tunnels, tags, extension headers.
    pub nesting: usize,
    /// Troubles of one kind said one by one; the rest is counted.
    pub troubles: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            block_bytes: 16 << 20,
            interfaces: 4096,
            remarks: 256,
            remark_bytes: 64 << 10,
            names: 65_536,
            apps: 4096,
            conversations: 65_536,
            tcp_idle: 6 * 3600 * SECOND,
            udp_idle: 300 * SECOND,
            linger: 5 * SECOND,
            side_bytes: 4 << 20,
            held_bytes: 64 << 20,
            patience_packets: 32,
            patience_time: SECOND,
            overlap_bytes: 16 << 10,
            overlaps_bytes: 32 << 20,
            datagrams: 1024,
            fragment_bytes: 16 << 20,
            fragment_time: 60 * SECOND,
            nesting: 16,
            troubles: 8,
        }
    }
}
