//! What makes a page drawn by printpdf an archival file: PDF/A-2u (ISO 19005-2).
//!
//! The fonts are embedded already, and map to Unicode. What is added are metadata as XMP that say the same as
//! the information dictionary (6.6.2, 6.6.3), the level to which the file keeps (6.6.4),
//! and a grey that does not depend on a device (6.2.4.3).

use lopdf::{Dictionary, Document, Error, Object, Stream, dictionary};

/// Adds to the tree what PDF/A-2u asks for.
///
/// # Errors
/// Where the tree has no catalog or page.
pub(crate) fn archive(tree: &mut Document, title: &str, subject: &str) -> Result<(), Error> {
    // Metadata is to be read without a filter.
    let metadata = Stream::new(
        dictionary! { "Type" => "Metadata", "Subtype" => "XML" },
        xmp(title, subject).into_bytes(),
    )
    .with_compression(false);
    let metadata = tree.add_object(metadata);
    let grey = tree.add_object(Object::Array(vec![
        "CalGray".into(),
        // D65, and the exponent of ordinary screens: black and white are what they were.
        dictionary! {
            "WhitePoint" => vec![Object::Real(0.9505), Object::Real(1.0), Object::Real(1.089)],
            "Gamma" => Object::Real(2.2),
        }
        .into(),
    ]));
    let catalog = tree.catalog_mut()?;
    catalog.set("Metadata", metadata);
    // Layers and intents of a press are printpdf's, and say nothing here.
    for key in ["OCProperties", "OutputIntents", "PageLayout", "PageMode"] {
        catalog.remove(key.as_bytes());
    }
    let pages: Vec<_> = tree.get_pages().into_values().collect();
    for page in pages {
        let held = tree.get_dictionary(page)?.get(b"Resources")?.clone();
        let mut resources = match held {
            Object::Reference(id) => tree.get_dictionary(id)?.clone(),
            Object::Dictionary(resources) => resources,
            _ => Dictionary::new(),
        };
        resources.set("ColorSpace", dictionary! { "DefaultGray" => grey });
        tree.get_dictionary_mut(page)?.set("Resources", resources);
    }
    Ok(())
}

fn xmp(title: &str, subject: &str) -> String {
    let (title, subject) = (escaped(title), escaped(subject));
    format!(
        r#"<?xpacket begin="{mark}" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"#,
        mark = '\u{FEFF}'
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
