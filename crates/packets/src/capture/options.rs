use crate::bytes::Order;

/// The options of a pcapng block (draft-ietf-opsawg-pcapng §3.5): a code and its value. The
/// walk ends at `opt_endofopt`, at the end, or where an option is cut.
pub(crate) fn options(order: Order, mut bytes: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let code = order.u16(bytes, 0).filter(|&code| code != 0)?;
        let length = usize::from(order.u16(bytes, 2)?);
        let value = bytes.get(4..4 + length)?;
        bytes = bytes
            .get(4 + length.next_multiple_of(4)..)
            .unwrap_or_default();
        Some((code, value))
    })
}
