//! A server that costs next to nothing: it answers what the benchmark asks, and nothing else.

use std::{
    fmt::Write as _,
    io::{self, BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    thread,
};

/// The answer to a ping.
pub(super) const PING: &str = r#"{"totalResults":0,"startIndex":0,"count":0,"resources":[]}"#;

/// Starts it; the answer is its address. It ends with the process.
pub(super) fn start(bytes: u64, connections: u64) -> Result<String, String> {
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A client that leaves ends its thread, and that is all.
            thread::spawn(move || serve(stream, bytes, connections));
        }
    });
    Ok(format!("http://{address}"))
}

fn serve(stream: TcpStream, bytes: u64, connections: u64) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut out = stream.try_clone()?;
    let mut input = BufReader::with_capacity(64 << 10, stream);
    let mut line = String::new();
    loop {
        line.clear();
        if input.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let asked = line.clone();
        let mut length = 0_u64;
        loop {
            line.clear();
            input.read_line(&mut line)?;
            let header = line.trim().to_ascii_lowercase();
            if header.is_empty() {
                break;
            }
            if let Some(value) = header.strip_prefix("content-length:") {
                length = value.trim().parse().map_err(io::Error::other)?;
            }
        }
        io::copy(&mut input.by_ref().take(length), &mut io::sink())?;
        let path = asked.split(' ').nth(1).unwrap_or_default();
        if asked.starts_with("POST ") {
            respond(&mut out, "201 Created", b"{}")?;
        } else if path.starts_with("/api/folders/") {
            send_file(&mut out, bytes)?;
        } else if path.starts_with("/api/connections") {
            respond(&mut out, "200 OK", page(path, connections).as_bytes())?;
        } else {
            respond(&mut out, "200 OK", PING.as_bytes())?;
        }
    }
}

fn respond(out: &mut TcpStream, status: &str, body: &[u8]) -> io::Result<()> {
    let mut answer = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    answer.extend_from_slice(body);
    out.write_all(&answer)
}

fn send_file(out: &mut TcpStream, bytes: u64) -> io::Result<()> {
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\ncontent-length: {bytes}\r\n\r\n"
    );
    out.write_all(head.as_bytes())?;
    io::copy(&mut io::repeat(b'x').take(bytes), out).map(drop)
}

/// A page of connections that look like Cleo's.
fn page(path: &str, connections: u64) -> String {
    let number = |name: &str| {
        let (_, query) = path.split_once('?')?;
        let pair = query.split('&').find_map(|pair| pair.strip_prefix(name))?;
        pair.parse::<u64>().ok()
    };
    let start = number("startIndex=").unwrap_or(0);
    let end = connections.min(start + number("count=").unwrap_or(100));
    let mut body = format!(
        r#"{{"totalResults":{connections},"startIndex":{start},"count":{},"resources":["#,
        end.saturating_sub(start)
    );
    for index in start..end {
        let comma = if index > start { "," } else { "" };
        // Writing to a String cannot fail.
        let _ = write!(
            body,
            r#"{comma}{{"id":"C{index:021}","type":"as2","alias":"PARTNER-{index}","enabled":"true","active":true,"ready":true,"localName":"US","partnerName":"P{index}","connect":{{"url":"https://partner{index}.example/as2"}},"outgoing":{{"encrypt":true,"sign":true,"storage":{{"outbox":"outbox/"}}}},"meta":{{"resourceType":"connection"}},"_links":{{"self":{{"href":"/api/connections/C{index:021}"}},"actions":[{{"href":"/api/actions/A{index:021}"}}]}}}}"#
        );
    }
    body.push_str("]}");
    body
}
