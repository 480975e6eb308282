use std::borrow::Cow;
use std::ops::Range;

use affiant_model::{DecodedStep, Digest, JsonKey, Step};

use crate::Replay;
use crate::decode::{self, DecodeLimits, Escape, codes, number};
use crate::examine::readable;
use crate::replay::Stage;
use crate::source;

/// One part of the way from the bytes at a span to a value, such that stock
/// tools can do it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipe(Part);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Undo(Escape),
    Decode(Step),
    Json(Vec<JsonKey>),
    Slice(Range<usize>),
}

/// What stands for a stage behind a stream: the stream itself, a path into a
/// JSON text, or a slice with its escapes undone.
pub(crate) fn of_stage(stage: &Stage) -> Vec<Recipe> {
    let parts = match (&stage.step, stage.escape) {
        (Some(step), None) => vec![Part::Decode(step.clone())],
        (Some(Step::Json(path)), Some(_)) if is_for_jq(path, stage) => {
            vec![Part::Json(path.clone())]
        }
        (_, Some(escape)) => {
            let mut parts = vec![Part::Slice(stage.range.clone())];
            if !escape.is_plain(stage.slice()) {
                parts.push(Part::Undo(escape));
            }
            parts
        }
        (None, None) => Vec::new(),
    };
    parts.into_iter().map(Recipe).collect()
}

/// Whether `jq` prints the same bytes: it takes the last of several members of
/// one name, stops at half a surrogate pair, and writes numbers its own way.
fn is_for_jq(path: &[JsonKey], stage: &Stage) -> bool {
    let literal = stage.slice();
    let number = literal
        .first()
        .is_some_and(|b| b.is_ascii_digit() || *b == b'-');
    let short = literal.len() <= 15 && literal.iter().all(u8::is_ascii_digit);
    (!number || short) && decode::is_unambiguous(&stage.input, path)
}

/// Undoes JSON escapes where a JSON tool would stop at half a surrogate pair.
const UNESCAPE_WITH_PERL: &str = r#"perl -MEncode -0777 -pe 's{\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(["\\/bfnrt]))}{defined $1 ? encode("UTF-8", chr(0x10000 + ((hex($1) - 0xD800) << 10) + hex($2) - 0xDC00)) : defined $3 ? (hex($3) >= 0xD800 && hex($3) <= 0xDFFF ? "\xEF\xBF\xBD" : encode("UTF-8", chr hex $3)) : ({b => "\b", f => "\f", n => "\n", r => "\r", t => "\t"}->{$4} // $4)}ge'"#;

impl Recipe {
    /// Undoes the escapes of text.
    pub(crate) const fn undo(escape: Escape) -> Self {
        Self(Part::Undo(escape))
    }

    /// Does it; `None` where the input does not allow it.
    pub(crate) fn run<'a>(&self, input: &'a [u8], limits: &DecodeLimits) -> Option<Cow<'a, [u8]>> {
        match &self.0 {
            Part::Undo(escape) => Some(escape.decode(input)),
            Part::Decode(step) => decode::apply(step, input, limits).map(|child| child.bytes),
            Part::Json(path) => {
                decode::apply(&Step::Json(path.clone()), input, limits).map(|child| child.bytes)
            }
            Part::Slice(range) => input.get(range.clone()).map(Cow::Borrowed),
        }
    }

    /// The stock command that does it to `input`, reading standard input.
    fn command(&self, input: &[u8]) -> String {
        match &self.0 {
            Part::Undo(Escape::None) => "cat".to_owned(),
            Part::Undo(Escape::Json) if !decode::is_inside_of_string(input) => {
                UNESCAPE_WITH_PERL.to_owned()
            }
            Part::Undo(Escape::Json) => r#"(printf '"'; cat; printf '"') | jq -j ."#.to_owned(),
            Part::Undo(Escape::Script) => SCRIPT_WITH_PERL.to_owned(),
            Part::Undo(Escape::PercentU) => PERCENT_U_WITH_PERL.to_owned(),
            Part::Undo(Escape::Octal) => {
                r"perl -0777 -pe 's/\\([0-3][0-7]{2})/chr oct $1/ge'".to_owned()
            }
            Part::Undo(Escape::QuotedPrintable) => {
                r"perl -0777 -pe 's/=(?:\r?\n|([0-9A-Fa-f]{2}))/defined $1 ? chr hex $1 : q()/ge'"
                    .to_owned()
            }
            Part::Undo(Escape::Entities) => REFERENCES_WITH_PERL.to_owned(),
            Part::Undo(Escape::Percent) => {
                r"perl -0777 -pe 's/%([0-9A-Fa-f]{2})/chr hex $1/ge'".to_owned()
            }
            Part::Undo(Escape::Form) => {
                r"perl -0777 -pe 'y/+/ /; s/%([0-9A-Fa-f]{2})/chr hex $1/ge'".to_owned()
            }
            Part::Decode(Step::Base64) if is_plain_base64(input) => "base64 -d".to_owned(),
            Part::Decode(Step::Base64) => {
                "perl -MMIME::Base64 -0777 -ne 'y{-_ }{+/+}; print decode_base64($_)'".to_owned()
            }
            Part::Decode(Step::Zlib) => {
                "perl -MCompress::Zlib -0777 -ne 'print uncompress($_)'".to_owned()
            }
            Part::Decode(Step::Zip(which)) => source::member(&which.name),
            Part::Decode(step @ (Step::Base85 | Step::Ascii85 | Step::Z85)) => {
                decode::base85::command(step)
            }
            Part::Decode(step @ (Step::Base36 | Step::Base62 | Step::Base62Inverted)) => {
                decode::radix::command(step)
            }
            Part::Decode(Step::Number(form)) => number::command(*form, input),
            Part::Decode(Step::Codes) => codes::command(input).to_owned(),
            Part::Decode(step) => decoder(step, input).to_owned(),
            Part::Json(path) => format!("jq -j {}", quoted(&jq_path(path))),
            Part::Slice(range) => format!("tail -c +{} | head -c {}", range.start + 1, range.len()),
        }
    }
}

/// The stock command that undoes a whole encoding.
fn decoder(step: &Step, input: &[u8]) -> &'static str {
    match step {
        Step::Deflate => {
            "perl -MIO::Uncompress::RawInflate=rawinflate -e 'rawinflate(\\*STDIN => \\*STDOUT)'"
        }
        Step::Brotli => "brotli -dc",
        Step::Zstd => "zstd -dc",
        Step::Bzip2 => "bunzip2 -c",
        Step::Lz4 => "lz4 -dc",
        Step::Snappy => decode::snappy::COMMAND,
        Step::Base91 => decode::base91::COMMAND,
        Step::Substituted => decode::substituted::COMMAND,
        Step::Uuencode => {
            "perl -0777 -ne 's/^begin [^\\n]*\\n//; s/\\r//g; print unpack(\"u\", $_)'"
        }
        Step::Reversed => "perl -0777 -ne 'print scalar reverse $_'",
        Step::Latin1 => "iconv -f UTF-8 -t ISO-8859-1",
        Step::Hex if input.iter().any(|b| b": -,;._|".contains(b)) => {
            "sed 's/0x//g' | tr -d ': ,;._|-' | xxd -r -p"
        }
        Step::Hex => "perl -0777 -ne 's/^(0x|\\\\x)//; print pack(\"H*\", $_)'",
        Step::Base32
            if input.len().is_multiple_of(8) && !input.iter().any(u8::is_ascii_lowercase) =>
        {
            "base32 -d"
        }
        Step::Base32 => {
            "perl -0777 -ne 'y/a-z/A-Z/; s/=+$//; y/A-Z2-7/\\0-\\37/; $_ = join(\"\", map substr(unpack(\"B8\", $_), 3), split //); print pack(\"B*\", substr($_, 0, 8 * int(length($_) / 8)))'"
        }
        Step::Base32Hex => {
            "perl -0777 -ne 'y/a-z/A-Z/; s/=+$//; y/0-9A-V/\\0-\\37/; $_ = join(\"\", map substr(unpack(\"B8\", $_), 3), split //); print pack(\"B*\", substr($_, 0, 8 * int(length($_) / 8)))'"
        }
        Step::Base58 => BASE58_WITH_PERL,
        Step::LzString => LZ_STRING_WITH_PERL,
        Step::Utf16Le => "iconv -f UTF-16LE -t UTF-8",
        Step::Utf16Be => "iconv -f UTF-16BE -t UTF-8",
        _ => "gunzip -c",
    }
}

/// Undoes character references of HTML and XML.
const REFERENCES_WITH_PERL: &str = r#"perl -MEncode -0777 -pe 's{&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|apos));}{defined $3 ? {amp => "&", lt => "<", gt => ">", quot => "\"", apos => "\x27"}->{$3} : do { my $n = defined $1 ? $1 : hex $2; ($n > 0x10FFFF || ($n >= 0xD800 && $n <= 0xDFFF)) ? $& : encode("UTF-8", chr $n) }}ge'"#;

/// Undoes `\x40` and `\u{40}` of ECMAScript.
const SCRIPT_WITH_PERL: &str = r#"perl -MEncode -0777 -pe 's{((?:\\x[0-9a-fA-F]{2})+)|\\u\{([0-9a-fA-F]{1,6})\}}{if (defined $2) { my ($n, $w) = (hex $2, $&); ($n > 0x10FFFF || ($n >= 0xD800 && $n <= 0xDFFF)) ? $w : encode("UTF-8", chr $n) } else { my $b = join "", map chr hex, $1 =~ /\\x(..)/g; $b =~ s/((?:[\x00-\x7f]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})+)|(.)/defined $1 ? $1 : encode("UTF-8", $2)/gse; $b }}ge'"#;

/// Undoes `%u0040` of ECMAScript.
const PERCENT_U_WITH_PERL: &str = r#"perl -MEncode -0777 -pe 's{%u([dD][89abAB][0-9a-fA-F]{2})%u([dD][c-fC-F][0-9a-fA-F]{2})|%u([0-9a-fA-F]{4})}{defined $1 ? encode("UTF-8", chr(0x10000 + ((hex($1) - 0xD800) << 10) + hex($2) - 0xDC00)) : hex($3) >= 0xD800 && hex($3) <= 0xDFFF ? "\xEF\xBF\xBD" : encode("UTF-8", chr hex $3)}ge'"#;

/// Decodes base58 in the alphabet of Bitcoin.
const BASE58_WITH_PERL: &str = r#"perl -Mbigint -0777 -ne '$n = 0; $n = $n * 58 + index("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", $_) for split //; $h = $n == 0 ? "" : substr($n->as_hex, 2); $h = "0$h" if length($h) % 2; /^(1*)/; print "\0" x length($1), pack("H*", $h)'"#;

/// Decompresses LZ-string: code units of UTF-16, by an index of what came before.
const LZ_STRING_WITH_PERL: &str = r#"perl -MEncode -0777 -ne '@v{split //, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"} = 0 .. 63; $v{"-"} = 63; $b = join "", map sprintf("%06b", $v{$_} // 0), split //; sub r { my $n = 0; $n |= substr($b, $p++, 1) << $_ for 0 .. $_[0] - 1; $n } ($m, $g) = (2, 4); sub g { ($g, $m) = (1 << $m, $m + 1) if $g == 0 } while ($p < length $b) { $c = r($m); last if $c == 2; if ($c < 2) { push @d, $e = pack("n", r($c ? 16 : 8)); $g-- if defined $w } else { $e = $c - 3 < @d ? $d[$c - 3] : $w . substr($w, 0, 2) } if (defined $w) { g(); push @d, $w . substr($e, 0, 2); $g--; g() } else { $m = 3 } $o .= $w = $e } print encode("UTF-8", decode("UTF-16BE", $o))'"#;

/// Bytes as text in which every byte is to be seen: control characters are
/// written `\x1f`, and so is every byte beyond ASCII where the whole is no text.
pub(crate) fn visible(bytes: &[u8], is_text: bool) -> String {
    let mut text = String::with_capacity(bytes.len());
    for c in readable(bytes).chars().filter(|_| is_text) {
        if c.is_control() {
            text.push_str(&format!("\\x{:02x}", u32::from(c)));
        } else {
            text.push(c);
        }
    }
    for byte in bytes.iter().filter(|_| !is_text) {
        if byte.is_ascii_graphic() || *byte == b' ' {
            text.push(char::from(*byte));
        } else {
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
    text
}

/// Standard alphabet, padded, without line breaks: what `base64 -d` takes without a word.
fn is_plain_base64(input: &[u8]) -> bool {
    input.len().is_multiple_of(4) && !input.iter().any(|b| b"-_\r\n ".contains(b))
}

fn jq_path(path: &[JsonKey]) -> String {
    let mut text = String::new();
    for key in path {
        match key {
            JsonKey::Item(index) => text.push_str(&format!("[{index}]")),
            JsonKey::Member(..) => text.push_str(&key.to_string()),
        }
    }
    // jq wants a dot at the start, and one before a bracket that starts.
    if text.starts_with('.') {
        text
    } else {
        format!(".{text}")
    }
}

/// Quotes for a POSIX shell.
pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

impl Replay {
    /// A command line of stock tools that prints the value, to be run in the
    /// case folder. `file` is the path of the exhibit in it, `key_logs` are those
    /// of the logs of TLS keys.
    #[must_use]
    pub fn command(&self, file: &str, key_logs: &[String]) -> String {
        let Some(mut command) = source::command(self, file, key_logs) else {
            return "# no stock tool prints these bytes: the message was compressed with reference to those before it, and `tshark -V` displays it".to_owned();
        };
        let states = self.states(&DecodeLimits::default());
        for (part, input) in self.recipe.iter().zip(&states) {
            command.push_str(" | ");
            command.push_str(&part.command(input));
        }
        command
    }
}

/// One state on the way, with at most `excerpt` characters around what is read
/// next from it. `shown` are its bytes, as many, with what must not be shown masked.
pub(crate) fn state(
    title: String,
    bytes: &[u8],
    shown: &[u8],
    next: &Range<usize>,
    excerpt: usize,
) -> DecodedStep {
    // Some of what stands before is shown, so that the reader sees where it is.
    let lead = if next.end <= excerpt {
        0
    } else {
        next.start.saturating_sub(excerpt / 4)
    };
    let start = (0..=lead)
        .rev()
        .take(4)
        .find(|at| is_boundary(shown, *at))
        .unwrap_or(lead);
    let window = &shown[start..shown.len().min(start + excerpt.saturating_mul(4))];
    let text = visible(window, std::str::from_utf8(shown).is_ok());
    let mut printed: String = text.chars().take(excerpt).collect();
    let cut = start + window.len() < shown.len() || printed.len() < text.len();
    if start > 0 {
        printed.insert_str(0, "… ");
    }
    DecodedStep {
        title,
        bytes: bytes.len() as u64,
        sha256: Digest::of(bytes),
        excerpt: printed,
        cut,
    }
}

/// Whether a character of UTF-8 text begins here.
fn is_boundary(bytes: &[u8], at: usize) -> bool {
    bytes.get(at).is_none_or(|byte| byte & 0xc0 != 0x80)
}
