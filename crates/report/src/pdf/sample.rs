//! Small files for tests.

use std::fmt::Write;

/// A file of one revision with these objects, numbered from 1, the first of
/// which is the catalog and the last the information dictionary.
pub(crate) fn file(objects: &[&[u8]]) -> Vec<u8> {
    let mut pdf = b"%PDF-1.7\n".to_vec();
    let mut table = String::from("0000000000 65535 f\r\n");
    for (n, object) in objects.iter().enumerate() {
        write!(table, "{:010} 00000 n\r\n", pdf.len()).unwrap();
        add(&mut pdf, n + 1, object);
    }
    let (start, size) = (pdf.len(), objects.len() + 1);
    let end = format!(
        "xref\n0 {size}\n{table}trailer\n<</Size {size}/Root 1 0 R/Info {} 0 R>>\nstartxref\n{start}\n%%EOF\n",
        objects.len()
    );
    pdf.extend(end.bytes());
    pdf
}

/// Puts another version of object `number` behind the end: an incremental update.
pub(crate) fn update(pdf: &[u8], number: usize, object: &[u8]) -> Vec<u8> {
    let mut pdf = pdf.to_vec();
    let at = pdf.len();
    add(&mut pdf, number, object);
    let start = pdf.len();
    let end = format!(
        "xref\n{number} 1\n{at:010} 00000 n\r\ntrailer\n<</Size 9/Root 1 0 R/Prev 9>>\nstartxref\n{start}\n%%EOF\n"
    );
    pdf.extend(end.bytes());
    pdf
}

fn add(pdf: &mut Vec<u8>, number: usize, object: &[u8]) {
    pdf.extend(format!("{number} 0 obj\n").bytes());
    pdf.extend(object);
    pdf.extend(b"\nendobj\n");
}

/// A stream with these entries of its dictionary beside its length.
pub(crate) fn stream(entries: &str, data: &[u8]) -> Vec<u8> {
    let mut out = format!("<<{entries}/Length {}>>\nstream\n", data.len()).into_bytes();
    out.extend(data);
    out.extend(b"\nendstream");
    out
}

/// The same, deflated.
pub(crate) fn deflated(entries: &str, data: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(data).unwrap();
    stream(
        &format!("{entries}/Filter/FlateDecode"),
        &encoder.finish().unwrap(),
    )
}
