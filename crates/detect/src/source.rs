//! The commands that print the bytes of the exhibit from which a recipe starts.

use affiant_model::{Layer, Sent, Span, Unpack};

use crate::Replay;
use crate::recipe::quoted;

/// The command that prints the bytes the recipe starts from.
/// `None` where no stock tool does it.
pub(crate) fn command(replay: &Replay, file: &str, key_logs: &[String]) -> Option<String> {
    let Some(unpacked) = &replay.unpacked else {
        return Some(run(file, replay.span));
    };
    let mut command = String::new();
    for (at, step) in unpacked.steps.iter().enumerate() {
        let stage = match step {
            // tshark undoes the compression of a whole capture by itself.
            Unpack::Packets(sent) => {
                command = packets(file, sent, key_logs);
                continue;
            }
            Unpack::Runs(runs) if at == 0 => {
                command = runs_of_file(file, runs);
                continue;
            }
            // It reads the archive itself, so that it stands first.
            Unpack::Zip(member) => {
                let member = quoted(&literal(member));
                command = format!("unzip -p {} {member}", quoted(file));
                continue;
            }
            Unpack::Runs(runs) => runs_of_stream(runs),
            Unpack::Base64 => "tr -d ' \\t\\r\\n' | base64 -d".to_owned(),
            Unpack::Bytes(run) => bytes(run.offset, run.length),
            Unpack::Gzip => "gunzip -c".to_owned(),
            Unpack::Zstd => "zstd -dc".to_owned(),
            Unpack::Unmask(pieces) => unmask(pieces),
            Unpack::Inflate => INFLATE.to_owned(),
            Unpack::InflateBehind => return None,
        };
        if at == 0 {
            command = run(file, replay.span);
        }
        command.push_str(" | ");
        command.push_str(&stage);
    }
    let whole = matches!(unpacked.steps[..], [Unpack::Runs(_)]) && unpacked.offset == 0;
    if !whole {
        let cut = bytes(unpacked.offset, replay.raw.len() as u64);
        command.push_str(&format!(" | {cut}"));
    }
    Some(command)
}

fn bytes(offset: u64, length: u64) -> String {
    let start = offset.saturating_add(1);
    format!("tail -c +{start} | head -c {length}")
}

/// The name of a member as `unzip` takes it, to whom some characters are patterns.
fn literal(member: &str) -> String {
    let mut name = String::with_capacity(member.len());
    for c in member.chars() {
        if matches!(c, '*' | '?' | '[' | '\\') {
            name.push('\\');
        }
        name.push(c);
    }
    name
}

/// The command that takes a member out of an archive on standard input, of which
/// `unzip` wants a file.
pub(crate) fn member(name: &str) -> String {
    let name = quoted(&literal(name));
    format!("(f=$(mktemp) && cat >\"$f\" && unzip -p \"$f\" {name}; rm -f \"$f\")")
}

fn run(file: &str, Span { offset, length }: Span) -> String {
    let file = quoted(file);
    format!("dd if={file} bs=1 skip={offset} count={length} status=none")
}

fn runs_of_file(file: &str, runs: &[Span]) -> String {
    let commands: Vec<String> = runs.iter().map(|span| run(file, *span)).collect();
    format!("{{ {}; }}", commands.join("; "))
}

fn runs_of_stream(runs: &[Span]) -> String {
    let parts: Vec<String> = runs
        .iter()
        .map(|run| format!("substr($_,{},{})", run.offset, run.length))
        .collect();
    format!("perl -0777 -ne 'print {}'", parts.join(","))
}

/// The key is laid over each piece from its beginning (RFC 6455 §5.3).
fn unmask(pieces: &[(u64, [u8; 4])]) -> String {
    let pieces: Vec<String> = pieces
        .iter()
        .map(|(length, [a, b, c, d])| format!("[{length},\"{a:02x}{b:02x}{c:02x}{d:02x}\"]"))
        .collect();
    format!(
        "perl -0777 -ne 'for my $p ({}) {{ my $s=substr($_,0,$p->[0],\"\"); my $k=pack(\"H*\",$p->[1]) x (length($s)/4+1); print $s ^ substr($k,0,length $s) }}'",
        pieces.join(",")
    )
}

/// The end of the compressed data was cut off and is put back (RFC 7692 §7.2.2).
const INFLATE: &str = "perl -MCompress::Raw::Zlib -0777 -ne '$_.=\"\\x00\\x00\\xff\\xff\"; my $i=Compress::Raw::Zlib::Inflate->new(-WindowBits=>-MAX_WBITS); $i->inflate($_,my $o); print $o'";

/// Prints what `tshark` follows in hexadecimal digits: a line for each piece,
/// with a tab before it where the other end than `Node 0` sent it.
fn packets(file: &str, sent: &Sent, key_logs: &[String]) -> String {
    let file = quoted(file);
    let (protocol, stream) = match sent.layer {
        Layer::Tcp => ("tcp", String::new()),
        Layer::Tls => ("tls", String::new()),
        Layer::Http2(stream) | Layer::ClearHttp2(stream) => ("http2", format!(",{stream}")),
    };
    // HTTP/2 without TLS is looked for on its own port alone.
    let port = sent.to.rsplit(':').next().unwrap_or_default();
    let decode = match sent.layer {
        Layer::ClearHttp2(_) => format!(" -d tcp.port=={port},http2"),
        _ => String::new(),
    };
    let find = format!(
        "$(tshark -r {file} -Y frame.number=={} -T fields -e tcp.stream)",
        sent.first
    );
    let (before, keys) = match (sent.layer, key_logs) {
        (Layer::Tcp | Layer::ClearHttp2(_), _) | (_, []) => (String::new(), String::new()),
        (_, [log]) => (
            String::new(),
            format!(" -o {}", quoted(&format!("tls.keylog_file:{log}"))),
        ),
        (_, logs) => {
            let logs: Vec<String> = logs.iter().map(|log| quoted(log)).collect();
            (
                format!("cat {} | ", logs.join(" ")),
                " -o tls.keylog_file:/dev/stdin".to_owned(),
            )
        }
    };
    let from = format!(
        "if(/^Node 0: (.*)$/){{$own=$1 eq \"{}\"}}elsif(/^(\\t?)([0-9a-f]+)$/ && ($1 eq \"\")==$own)",
        sent.from
    );
    let print = match sent.layer {
        Layer::Tcp | Layer::Tls => "print pack \"H*\",$2",
        // Each piece of the header list has names and values with their length before
        // them; a frame of DATA has its head and padding (RFC 9113 §6.1).
        Layer::Http2(_) | Layer::ClearHttp2(_) => concat!(
            r#"$_=pack "H*",$2; my($h,$l,$t,$f)=unpack "CnCC"; "#,
            r#"if(length==9+($h<<16|$l) && !$t){print "\n" unless $d++; $_=substr $_,9; "#,
            r#"$_=substr $_,1,length()-1-ord if $f&8; print}"#,
            r#"else{while(length){my($k,$v)=unpack "N/a N/a"; "#,
            r#"substr($_,0,8+length($k.$v))=""; print "$k: $v\n"}}"#
        ),
    };
    let end = match sent.layer {
        Layer::Tcp | Layer::Tls => "",
        Layer::Http2(_) | Layer::ClearHttp2(_) => r#" END{print "\n" unless $d}"#,
    };
    format!(
        "{before}tshark -r {file}{decode}{keys} -o tcp.reassemble_out_of_order:TRUE -q -z \"follow,{protocol},raw,{find}{stream}\" | perl -ne '{from}{{{print}}}{end}'"
    )
}
