//! Conversations between the client and the server of the crate `h2`, recorded
//! as they went over the wire, read back.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use std::collections::BTreeMap;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bytes::Bytes;
use common::{Client, Server, Step, answers, header, http2, requests, responses, troubles};
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};

use affiant_http::Side;

/// One end of a connection, which notes what is written to it.
struct Tap {
    inner: DuplexStream,
    side: Side,
    wire: Arc<Mutex<Vec<Step>>>,
}

impl AsyncRead for Tap {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, buf)
    }
}

impl AsyncWrite for Tap {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write(cx, bytes);
        if let Poll::Ready(Ok(length)) = written {
            let step = Step::Push(self.side, bytes[..length].to_vec());
            self.wire.lock().unwrap().push(step);
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

/// A request as it is meant.
#[derive(Clone)]
struct Meant {
    path: String,
    cookie: String,
    body: Vec<u8>,
    trailer: Option<String>,
    status: u16,
    answer: usize,
}

/// Many requests that differ in what compression and flow control make of them.
fn meant() -> Vec<Meant> {
    (0..60usize)
        .map(|i| Meant {
            path: format!("/collect/{i}?email=user{}%40example.org", i % 7),
            // Repeated, new and long values; some of them push others out of the table.
            cookie: format!("_fbp={}; s={}", i % 3, "x".repeat((i * 211) % 3000)),
            body: (0..(i * i * 37) % 90_000)
                .map(|at| u8::try_from((at * 31 + i) % 251).unwrap())
                .collect(),
            trailer: (i % 5 == 1).then(|| format!("t{i}")),
            status: [200, 204, 302, 404, 500][i % 5],
            answer: if i % 5 == 1 { 0 } else { (i * 997) % 50_000 },
        })
        .collect()
}

async fn converse(table: u32) -> Vec<Step> {
    let wire = Arc::new(Mutex::new(Vec::new()));
    // Both ends may wait to write before they read: room for all of it.
    let (near, far) = tokio::io::duplex(1 << 26);
    let tap = |inner, side| Tap {
        inner,
        side,
        wire: Arc::clone(&wire),
    };
    let (near, far) = (tap(near, Client), tap(far, Server));
    let served = tokio::task::spawn_local(serve(far, table));
    let (send, connection) = h2::client::Builder::new()
        .header_table_size(table)
        .handshake::<_, Bytes>(near)
        .await
        .unwrap();
    let driven = tokio::task::spawn_local(connection);
    let asked: Vec<_> = meant()
        .into_iter()
        .map(|one| tokio::task::spawn_local(ask(send.clone(), one)))
        .collect();
    drop(send);
    for one in asked {
        one.await.unwrap();
    }
    driven.await.unwrap().unwrap();
    served.await.unwrap();
    wire.lock().unwrap().clone()
}

async fn ask(send: h2::client::SendRequest<Bytes>, one: Meant) {
    let mut send = send.ready().await.unwrap();
    let request = http::Request::post(format!("https://t.example{}", one.path))
        .header("user-agent", "agent")
        .header("cookie", &one.cookie)
        .body(())
        .unwrap();
    let (answer, mut body) = send.send_request(request, false).unwrap();
    let ends = one.trailer.is_none();
    body.send_data(one.body.into(), ends).unwrap();
    if let Some(trailer) = one.trailer {
        let mut trailers = http::HeaderMap::new();
        trailers.insert("x-trailer", trailer.parse().unwrap());
        body.send_trailers(trailers).unwrap();
    }
    let mut answer = answer.await.unwrap().into_body();
    while let Some(data) = answer.data().await {
        let length = data.unwrap().len();
        answer.flow_control().release_capacity(length).unwrap();
    }
}

async fn serve(far: Tap, table: u32) {
    let mut connection = h2::server::Builder::new()
        .header_table_size(table)
        .handshake::<_, Bytes>(far)
        .await
        .unwrap();
    let all: BTreeMap<String, Meant> = meant()
        .into_iter()
        .map(|one| (one.path.clone(), one))
        .collect();
    while let Some(accepted) = connection.accept().await {
        let (request, mut respond) = accepted.unwrap();
        let path = request.uri().path_and_query().unwrap().as_str().to_owned();
        let one = all[&path].clone();
        tokio::task::spawn_local(async move {
            let mut body = request.into_body();
            while let Some(data) = body.data().await {
                let length = data.unwrap().len();
                body.flow_control().release_capacity(length).unwrap();
            }
            let answer = http::Response::builder()
                .status(one.status)
                .header("location", &path)
                .header("server", "s")
                .body(())
                .unwrap();
            let mut out = respond.send_response(answer, one.answer == 0).unwrap();
            if one.answer > 0 {
                out.send_data(vec![b'a'; one.answer].into(), true).unwrap();
            }
        });
    }
}

fn recorded(table: u32) -> Vec<Step> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, converse(table))
}

#[test]
fn what_another_implementation_sends_reads_back_whole() {
    for table in [0, 4096, 65_536] {
        let steps = recorded(table);
        let events = http2(&steps);
        assert!(troubles(&events).is_empty(), "{:?}", troubles(&events));
        let read: BTreeMap<_, _> = requests(&events)
            .iter()
            .map(|request| (request.target.clone(), *request))
            .collect();
        let status: BTreeMap<_, _> = answers(&events)
            .iter()
            .map(|(number, status, whole)| (*number, (*status, *whole)))
            .collect();
        let sizes: BTreeMap<_, _> = responses(&events)
            .iter()
            .map(|answer| (answer.number, answer.body_bytes))
            .collect();
        let meant = meant();
        assert_eq!(read.len(), meant.len());
        for one in &meant {
            let request = read[&one.path];
            assert!(request.complete && request.broken.is_none());
            assert_eq!(
                (request.method.as_str(), request.host.as_deref()),
                ("POST", Some("t.example"))
            );
            assert_eq!(
                &request.raw[request.body.clone()],
                &one.body[..],
                "{}",
                one.path
            );
            assert_eq!(header(request, "cookie").as_ref(), Some(&one.cookie));
            assert_eq!(header(request, "user-agent").as_deref(), Some("agent"));
            assert_eq!(header(request, "x-trailer"), one.trailer);
            assert_eq!(status[&request.number], (one.status, true));
            assert_eq!(sizes[&request.number], one.answer as u64);
        }
    }
}

#[test]
fn a_hole_anywhere_in_a_real_conversation_makes_up_nothing() {
    let steps = recorded(4096);
    let whole = http2(&steps);
    let bodies: BTreeMap<_, _> = requests(&whole)
        .iter()
        .map(|request| {
            (
                request.target.clone(),
                request.raw[request.body.clone()].to_vec(),
            )
        })
        .collect();
    let all = meant();
    let places: Vec<_> = (0..steps.len()).step_by(steps.len() / 30 + 1).collect();
    for (turn, at) in places.into_iter().enumerate() {
        let mut cut = steps.clone();
        let Step::Push(side, bytes) = &steps[at] else {
            continue;
        };
        let (side, length) = (*side, bytes.len());
        let from = length * (turn % 4) / 4;
        let to = (from + 1 + turn * 13 % 60).min(length);
        cut.splice(
            at..=at,
            [
                Step::Push(side, bytes[..from].to_vec()),
                Step::Lost(side, (to - from) as u64),
                Step::Push(side, bytes[to..].to_vec()),
            ],
        );
        let events = common::read(
            affiant_http::Http2::new(affiant_http::Limits::default()),
            &cut,
            &[],
        );
        for request in requests(&events) {
            let meant = &bodies[&request.target];
            let read = &request.raw[request.body.clone()];
            assert!(meant.starts_with(read), "{}", request.target);
            assert!(!request.complete || meant.len() == read.len());
        }
        for (number, status, _) in answers(&events) {
            let asked = requests(&events)
                .iter()
                .find(|request| request.number == number)
                .map(|request| request.target.clone());
            let one = all.iter().find(|one| Some(&one.path) == asked.as_ref());
            assert!(one.is_none_or(|one| one.status == status));
        }
    }
}
