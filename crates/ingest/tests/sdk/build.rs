//! Small files of Android and iOS packages, written as their formats say.

use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;

/// A zip archive of members.
pub(crate) fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    for (name, content) in members {
        writer.start_file(*name, options).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn le16(out: &mut Vec<u8>, number: usize) {
    out.extend_from_slice(&u16::try_from(number).unwrap().to_le_bytes());
}

fn le32(out: &mut Vec<u8>, number: usize) {
    out.extend_from_slice(&u32::try_from(number).unwrap().to_le_bytes());
}

/// A chunk: kind, length of its header, header behind the first eight bytes, content.
fn chunk(kind: usize, header: &[u8], content: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    le16(&mut out, kind);
    le16(&mut out, 8 + header.len());
    le32(&mut out, 8 + header.len() + content.len());
    out.extend_from_slice(header);
    out.extend_from_slice(content);
    out
}

/// A pool of strings, UTF-8 or UTF-16.
fn pool(strings: &[String], utf8: bool) -> Vec<u8> {
    let (mut offsets, mut data) = (Vec::new(), Vec::new());
    for text in strings {
        le32(&mut offsets, data.len());
        if utf8 {
            data.push(u8::try_from(text.chars().count()).unwrap());
            data.push(u8::try_from(text.len()).unwrap());
            data.extend_from_slice(text.as_bytes());
            data.push(0);
        } else {
            le16(&mut data, text.encode_utf16().count());
            for unit in text.encode_utf16() {
                data.extend_from_slice(&unit.to_le_bytes());
            }
            data.extend_from_slice(&[0, 0]);
        }
    }
    while data.len() % 4 != 0 {
        data.push(0);
    }
    let mut header = Vec::new();
    le32(&mut header, strings.len());
    le32(&mut header, 0);
    le32(&mut header, usize::from(utf8) << 8);
    le32(&mut header, 28 + offsets.len());
    le32(&mut header, 0);
    chunk(0x0001, &header, &[offsets, data].concat())
}

/// An element to be written: name, attributes, children.
pub(crate) struct Tag {
    pub(crate) name: &'static str,
    pub(crate) attributes: Vec<(&'static str, Value)>,
    pub(crate) children: Vec<Self>,
}

/// A value of an attribute.
#[derive(Clone)]
pub(crate) enum Value {
    Text(&'static str),
    Bool(bool),
    Number(i32),
    Resource(u32),
}

pub(crate) fn tag(
    name: &'static str,
    attributes: &[(&'static str, Value)],
    children: Vec<Tag>,
) -> Tag {
    Tag {
        name,
        attributes: attributes.to_vec(),
        children,
    }
}

const ANDROID: &str = "http://schemas.android.com/apk/res/android";

/// Resource identifiers of attributes, as AOSP numbers them.
const IDS: [(&str, u32); 4] = [
    ("name", 0x0101_0003),
    ("value", 0x0101_0024),
    ("exported", 0x0101_0010),
    ("versionName", 0x0101_021c),
];

struct Strings(Vec<String>);

impl Strings {
    fn number(&mut self, text: &str) -> usize {
        match self.0.iter().position(|known| known == text) {
            Some(number) => number,
            None => {
                self.0.push(text.to_owned());
                self.0.len() - 1
            }
        }
    }
}

/// Binary XML. Names of attributes are left empty where `hidden`, so that only the
/// resource identifiers tell them.
pub(crate) fn binary_xml(root: &Tag, utf8: bool, hidden: bool) -> Vec<u8> {
    let names = IDS.iter().map(|(name, _)| {
        if hidden {
            String::new()
        } else {
            (*name).to_owned()
        }
    });
    let mut strings = Strings(names.collect());
    let mut body = Vec::new();
    write_tag(root, &mut strings, &mut body);
    let mut map = Vec::new();
    for (_, id) in IDS {
        map.extend_from_slice(&id.to_le_bytes());
    }
    let content = [pool(&strings.0, utf8), chunk(0x0180, &[], &map), body].concat();
    chunk(0x0003, &[], &content)
}

fn write_tag(tag: &Tag, strings: &mut Strings, out: &mut Vec<u8>) {
    let nothing = [0xff; 4];
    let node = [1_u32.to_le_bytes(), nothing].concat();
    let mut content = nothing.to_vec();
    le32(&mut content, strings.number(tag.name));
    le16(&mut content, 20);
    le16(&mut content, 20);
    le16(&mut content, tag.attributes.len());
    content.extend_from_slice(&[0; 6]);
    for (name, value) in &tag.attributes {
        let known = IDS
            .iter()
            .position(|(known, _)| format!("android:{known}") == *name);
        match (known, name.strip_prefix("android:")) {
            (Some(number), _) => {
                le32(&mut content, strings.number(ANDROID));
                le32(&mut content, number);
            }
            (None, Some(name)) => {
                le32(&mut content, strings.number(ANDROID));
                le32(&mut content, strings.number(name));
            }
            (None, None) => {
                content.extend_from_slice(&nothing);
                le32(&mut content, strings.number(name));
            }
        }
        let (raw, kind, data) = match value {
            Value::Text(text) => {
                let number = u32::try_from(strings.number(text)).unwrap();
                (number, 0x03, number)
            }
            Value::Bool(truth) => (u32::MAX, 0x12, if *truth { u32::MAX } else { 0 }),
            Value::Number(number) => (u32::MAX, 0x10, u32::from_ne_bytes(number.to_ne_bytes())),
            Value::Resource(id) => (u32::MAX, 0x01, *id),
        };
        content.extend_from_slice(&raw.to_le_bytes());
        content.extend_from_slice(&[8, 0, 0, kind]);
        content.extend_from_slice(&data.to_le_bytes());
    }
    out.extend(chunk(0x0102, &node, &content));
    for child in &tag.children {
        write_tag(child, strings, out);
    }
    let mut end = nothing.to_vec();
    le32(&mut end, strings.number(tag.name));
    out.extend(chunk(0x0103, &node, &end));
}

/// XML as protocol buffers.
pub(crate) fn proto_xml(root: &Tag) -> Vec<u8> {
    fn field(number: u8, content: &[u8]) -> Vec<u8> {
        let mut out = vec![number << 3 | 2];
        let mut length = content.len();
        while length >= 0x80 {
            out.push(u8::try_from(length & 0x7f).unwrap() | 0x80);
            length >>= 7;
        }
        out.push(u8::try_from(length).unwrap());
        out.extend_from_slice(content);
        out
    }
    let mut element = field(3, root.name.as_bytes());
    for (name, value) in &root.attributes {
        let (space, name) = match name.strip_prefix("android:") {
            Some(name) => (ANDROID, name),
            None => ("", *name),
        };
        let text = match value {
            Value::Text(text) => (*text).to_owned(),
            Value::Bool(truth) => truth.to_string(),
            Value::Number(number) => number.to_string(),
            Value::Resource(id) => format!("@{id:#010x}"),
        };
        let mut attribute = field(1, space.as_bytes());
        attribute.extend(field(2, name.as_bytes()));
        attribute.extend(field(3, text.as_bytes()));
        // The place in the source: a number and a run that a reader passes over.
        attribute.extend(field(4, &[0x08, 0x03]));
        element.extend(field(4, &attribute));
    }
    for child in &root.children {
        element.extend(field(5, &proto_xml(child)));
    }
    field(1, &element)
}

/// A table of resources with strings from the identifier `0x7f010000` on.
pub(crate) fn resources(strings: &[(&str, &str)]) -> Vec<u8> {
    let texts: Vec<String> = strings.iter().map(|(_, text)| (*text).to_owned()).collect();
    let keys: Vec<String> = strings.iter().map(|(name, _)| (*name).to_owned()).collect();
    let types = pool(&["string".to_owned()], false);
    let keys = pool(&keys, true);
    let (mut offsets, mut entries) = (Vec::new(), Vec::new());
    for number in 0..strings.len() {
        le32(&mut offsets, entries.len());
        le16(&mut entries, 8);
        le16(&mut entries, 0);
        le32(&mut entries, number);
        entries.extend_from_slice(&[8, 0, 0, 3]);
        le32(&mut entries, number);
    }
    let mut header = vec![1, 0, 0, 0];
    le32(&mut header, strings.len());
    le32(&mut header, 20 + 4 + offsets.len());
    // The configuration, of which only the size is written.
    le32(&mut header, 4);
    let kind = chunk(0x0201, &header, &[offsets, entries].concat());
    let mut package = vec![0x7f, 0, 0, 0];
    package.extend_from_slice(&[0; 256]);
    let start = 8 + 4 + 256 + 20;
    le32(&mut package, start);
    le32(&mut package, 1);
    le32(&mut package, start + types.len());
    le32(&mut package, strings.len());
    le32(&mut package, 0);
    let package = chunk(0x0200, &package, &[types, keys, kind].concat());
    chunk(
        0x0002,
        &[1, 0, 0, 0],
        &[pool(&texts, true), package].concat(),
    )
}

/// A Dalvik executable that defines classes, mentions others and holds strings.
pub(crate) fn dex(defined: &[&str], mentioned: &[&str], strings: &[&str]) -> Vec<u8> {
    let descriptor = |name: &&str| format!("L{};", name.replace('.', "/"));
    let types: Vec<String> = defined.iter().chain(mentioned).map(descriptor).collect();
    let mut all = types.clone();
    all.extend(strings.iter().map(|text| (*text).to_owned()));
    let header = 112;
    let string_ids = header;
    let type_ids = string_ids + 4 * all.len();
    let class_defs = type_ids + 4 * types.len();
    let data = class_defs + 32 * defined.len();
    let (mut ids, mut texts) = (Vec::new(), Vec::new());
    for text in &all {
        le32(&mut ids, data + texts.len());
        texts.push(u8::try_from(text.chars().count()).unwrap());
        texts.extend_from_slice(text.as_bytes());
        texts.push(0);
    }
    for number in 0..types.len() {
        le32(&mut ids, number);
    }
    for number in 0..defined.len() {
        le32(&mut ids, number);
        ids.extend_from_slice(&[0; 28]);
    }
    let mut out = b"dex\n035\0".to_vec();
    out.extend_from_slice(&[0; 24]);
    le32(&mut out, data + texts.len());
    le32(&mut out, header);
    le32(&mut out, 0x1234_5678);
    out.resize(56, 0);
    le32(&mut out, all.len());
    le32(&mut out, string_ids);
    le32(&mut out, types.len());
    le32(&mut out, type_ids);
    out.resize(96, 0);
    le32(&mut out, defined.len());
    le32(&mut out, class_defs);
    out.resize(header, 0);
    [out, ids, texts].concat()
}
