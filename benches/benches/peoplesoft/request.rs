//! What the client adds to a request: the same answer fetched by it and by bare reqwest.

use std::hint::black_box;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread;

use connector_benches::measure::{Bench, Report, Work};
use peoplesoft_client::Client;
use url::Url;

/// Requests of one measurement.
const REQUESTS: usize = 500;
/// Less than this is to be added to each.
const LIMIT_MICROSECONDS: f64 = 20.0;

const BARE: &str = "peer/reqwest";
const OURS: &str = "request/client";
const ANSWER: &str = r#"{"PO_ID":"0000000123"}"#;

pub(super) fn add<'a>(bench: &mut Bench<'a>) -> Result<(), String> {
    let gateway = serve()?;
    let runtime = || {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime
            .enable_all()
            .build()
            .map_err(|error| error.to_string())
    };
    let expected = (REQUESTS * ANSWER.len()) as u64;

    let url: Url = format!("{gateway}/RESTListeningConnector/PSFT_EP/X_PO.v1")
        .parse()
        .map_err(|_| "no address")?;
    let http = reqwest::Client::builder()
        .no_proxy()
        .build()
        .map_err(|error| error.to_string())?;
    let bare = runtime()?;
    bench.add(
        Work::new(BARE, "500 requests", REQUESTS, move || {
            bare.block_on(async {
                let mut bytes = 0;
                for _ in 0..REQUESTS {
                    let answer = http.get(url.clone()).send().await?;
                    bytes += black_box(answer.bytes().await?).len() as u64;
                }
                Ok::<_, reqwest::Error>(bytes)
            })
            .unwrap_or(0)
        })
        .giving(expected),
    );

    let gateway: Url = gateway.parse().map_err(|_| "no address")?;
    let client = Client::builder(gateway)
        .credentials(peoplesoft_client::Credentials::basic(
            "EDI",
            "secret".into(),
        ))
        .build()
        .map_err(|error| error.to_string())?;
    let ours = runtime()?;
    bench.add(
        Work::new(OURS, "500 requests", REQUESTS, move || {
            ours.block_on(async {
                let mut bytes = 0;
                for _ in 0..REQUESTS {
                    let answer = client.rest("X_PO").version("v1").send().await?;
                    bytes += black_box(answer.bytes()).len() as u64;
                }
                Ok::<_, peoplesoft_client::Error>(bytes)
            })
            .unwrap_or(0)
        })
        .giving(expected),
    );
    Ok(())
}

/// What the client adds to one request, by the medians.
pub(super) fn note(report: &mut Report) {
    if let (Some(bare), Some(ours)) = (report.median(BARE), report.median(OURS)) {
        let added = (ours - bare) / REQUESTS as f64 * 1e6;
        report.note(
            "what the client adds to a request",
            added,
            LIMIT_MICROSECONDS,
            "µs",
        );
    }
}

/// A server on loopback that answers every request alike; gives the address of its gateway.
fn serve() -> Result<String, String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|e| e.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    // It ends with the process.
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || answer(stream));
        }
    });
    Ok(format!("http://{address}/PSIGW"))
}

fn answer(mut stream: TcpStream) {
    let reply = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{ANSWER}",
        ANSWER.len()
    );
    let _ = stream.set_nodelay(true);
    let mut buffer = [0; 4096];
    let mut held: Vec<u8> = Vec::new();
    while let Ok(length @ 1..) = stream.read(&mut buffer) {
        held.extend_from_slice(buffer.get(..length).unwrap_or_default());
        // A request without a body ends with an empty line.
        if held.ends_with(b"\r\n\r\n") {
            held.clear();
            if stream.write_all(reply.as_bytes()).is_err() {
                return;
            }
        }
    }
}
