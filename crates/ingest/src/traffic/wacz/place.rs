//! Where what is read of a member stands in the archive.

use affiant_model::{Span, Unpack, Unpacked};

use crate::Item;

/// How the content of a member comes out of the archive.
#[derive(Debug)]
pub(super) struct Placement {
    /// The bytes of the member in the archive.
    pub(super) span: Span,
    /// The steps from these to the content; none where they are the same.
    pub(super) steps: Vec<Unpack>,
    /// The name of the member.
    pub(super) name: String,
}

impl Placement {
    /// Moves an item from its place in the content to its place in the archive.
    pub(super) fn apply(&self, item: Item) -> Item {
        match item {
            Item::Exchange(mut exchange) => {
                let moved = self.moved(exchange.span);
                for field in &mut exchange.fields {
                    field.span = self.moved(field.span);
                }
                if !self.steps.is_empty() {
                    exchange.unpacked = Some(Unpacked {
                        steps: self.steps.clone(),
                        offset: exchange.span.offset,
                    });
                }
                exchange.span = moved;
                Item::Exchange(exchange)
            }
            Item::Defect(mut defect) => {
                if let Some(span) = defect.span {
                    defect.span = Some(self.moved(span));
                    if !self.steps.is_empty() {
                        defect.message = format!(
                            "{} (at bytes {}+{} of the content of `{}`)",
                            defect.message, span.offset, span.length, self.name
                        );
                    }
                }
                Item::Defect(defect)
            }
        }
    }

    /// Within a member that is compressed there is no narrower place than it.
    const fn moved(&self, span: Span) -> Span {
        if self.steps.is_empty() {
            Span::new(self.span.offset.saturating_add(span.offset), span.length)
        } else {
            self.span
        }
    }
}
