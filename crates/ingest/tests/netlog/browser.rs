//! A browser writes a log of what it asks of a server of this test.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::process::Command;

use affiant_model::{ExchangeKind, FieldName, Reach};

use crate::write::read_text;

/// Answers every request on a port of this machine, and hands out their heads.
fn server() -> (u16, std::sync::mpsc::Receiver<String>) {
    const PAGE: &str = "<script>document.cookie='c=secret';fetch('/r').then(()=>fetch('/p',{method:'POST',body:'mail=a@b'}))</script>";
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (give, take) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut head = String::new();
            while reader.read_line(&mut head).unwrap_or(0) > 2 {}
            let (more, body) = match head.split(' ').nth(1) {
                Some("/") => ("200 OK", PAGE),
                Some("/r") => ("302 Found\r\nLocation: /x?mail=ann@example.org", ""),
                _ => ("200 OK", "ok"),
            };
            let length = body.len();
            let answer = format!(
                "HTTP/1.1 {more}\r\nContent-Type: text/html\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            );
            let _ = stream.write_all(answer.as_bytes());
            // A connection that was opened ahead and not used sends nothing.
            if !head.is_empty() && give.send(head).is_err() {
                return;
            }
        }
    });
    (port, take)
}

/// The browser writes a log of what it asks of a server, and the server knows
/// what it was asked.
#[test]
fn the_log_of_a_browser_shows_what_a_server_was_asked() {
    #[allow(
        clippy::disallowed_methods,
        reason = "a test may be told where a tool is"
    )]
    let Some(browser) = std::env::var_os("AFFIANT_CHROMIUM") else {
        println!("skipped: AFFIANT_CHROMIUM names no browser");
        return;
    };
    for mode in ["Default", "IncludeSensitive"] {
        let (port, asked) = server();
        let folder = std::env::temp_dir().join(format!("affiant-{mode}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("log.json");
        let run = Command::new(&browser)
            .args(["--no-sandbox", "--headless", "--disable-gpu", "--dump-dom"])
            .args([
                "--virtual-time-budget=5000",
                &format!("--net-log-capture-mode={mode}"),
            ])
            .arg(format!("--log-net-log={}", path.display()))
            .arg(format!(
                "--user-data-dir={}",
                folder.join("profile").display()
            ))
            .arg(format!("http://localhost:{port}/"))
            .output()
            .unwrap();
        assert!(
            run.status.success(),
            "{}",
            String::from_utf8_lossy(&run.stderr)
        );
        let log = read_text(&std::fs::read_to_string(&path).unwrap());
        std::fs::remove_dir_all(&folder).unwrap();
        let mut wanted: Vec<_> = asked.try_iter().map(|head| head_of(&head, mode)).collect();
        let found = log
            .exchanges
            .iter()
            .filter(|e| e.kind == ExchangeKind::Request);
        let mut found: Vec<_> = found
            .filter(|e| e.url.starts_with("http://localhost") && e.reach == Reach::Acknowledged)
            .map(|exchange| {
                let path = exchange.url.split_once(&port.to_string()).unwrap().1;
                let headers = exchange.fields.iter().skip(1).map(|field| {
                    let FieldName::Header { name, .. } = &field.name else {
                        panic!()
                    };
                    let value = format!(
                        "\"{}\"",
                        std::str::from_utf8(exchange.bytes_of(field)).unwrap()
                    );
                    format!(
                        "{name}: {}",
                        serde_json::from_str::<String>(&value).unwrap()
                    )
                });
                let mut headers: Vec<_> = headers.collect();
                headers.sort();
                (format!("{} {path}", exchange.method), headers)
            })
            .collect();
        wanted.sort();
        found.sort();
        assert!(wanted.len() >= 4, "{wanted:?}");
        assert_eq!(found, wanted, "{mode}");
        let stripped = log.messages().iter().any(|m| m.contains("were stripped"));
        assert_eq!(stripped, mode == "Default");
    }
}

/// Request line and headers as the server got them, cookies left out where the
/// log strips them.
fn head_of(head: &str, mode: &str) -> (String, Vec<String>) {
    let mut lines = head.lines();
    let line = lines
        .next()
        .unwrap()
        .trim_end_matches(" HTTP/1.1")
        .to_owned();
    let mut headers: Vec<_> = lines
        .filter(|line| !line.is_empty())
        .filter(|line| mode != "Default" || !line.starts_with("Cookie:"))
        .map(str::to_owned)
        .collect();
    headers.sort();
    (line, headers)
}
