//! A source and a sink over HTTP on loopback, and the server that answers both.

use std::net::SocketAddr;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use sync_core::{
    Cx, Fingerprint, Page, Parcel, Poison, PollRule, RecordId, Sink, SinkCaps, Source, SourceError,
    SourceErrorKind, Stamp, Verdict, Window,
};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::world::{Answer, PAGE, Record, caps, identity, number};

#[derive(Debug)]
pub(crate) struct HttpRows {
    pub(crate) http: reqwest::Client,
    pub(crate) address: SocketAddr,
    /// Which records, whole pages but for the last.
    pub(crate) records: Range<u64>,
}

fn unread(error: impl std::fmt::Display) -> SourceError {
    SourceError {
        kind: SourceErrorKind::Transient,
        operation: "GET /rows".into(),
        message: error.to_string().into(),
        remedy: None,
        after: None,
    }
}

#[async_trait]
impl Source for HttpRows {
    type Record = Record;

    fn rule(&self) -> PollRule {
        PollRule::new(Duration::from_secs(1), Duration::from_secs(300))
    }

    fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(["rows"])
    }

    async fn now(&self, _: &Cx) -> Result<i64, SourceError> {
        Ok(10_000_000_000)
    }

    async fn fetch(
        &self,
        _: &Cx,
        _: &Window,
        page: Option<&Bytes>,
    ) -> Result<Page<Record>, SourceError> {
        let first = page.map_or(self.records.start, number);
        let url = format!("http://{}/rows/{first}", self.address);
        let answer = self.http.get(url).send().await.map_err(unread)?;
        let body = answer.bytes().await.map_err(unread)?;
        let records: Vec<Record> = serde_json::from_slice(&body).map_err(unread)?;
        let more = first + PAGE < self.records.end;
        Ok(Page {
            next: more.then(|| Bytes::from((first + PAGE).to_string())),
            records: records.into_iter().map(Ok).collect(),
        })
    }

    fn identify(&self, record: &Record) -> Result<RecordId, Poison> {
        Ok(identity(record))
    }
}

#[derive(Debug)]
pub(crate) struct HttpSink {
    pub(crate) http: reqwest::Client,
    pub(crate) address: SocketAddr,
}

#[async_trait]
impl Sink for HttpSink {
    fn caps(&self, _: &str) -> SinkCaps {
        caps()
    }

    async fn deliver(
        &self,
        _: &Cx,
        _: &str,
        _: &Stamp,
        parcel: &Parcel,
        timeout: Duration,
    ) -> Verdict {
        let url = format!("http://{}/files/{}", self.address, parcel.name);
        let request = self.http.post(url).timeout(timeout);
        match request.body(parcel.bytes.clone()).send().await {
            Ok(answer) if answer.status().is_success() => Verdict::Accepted {
                receipt: Bytes::from_static(b"taken"),
            },
            Ok(answer) => Verdict::Unknown {
                why: answer.status().to_string().into(),
            },
            Err(error) => Verdict::Unknown {
                why: error.to_string().into(),
            },
        }
    }
}

/// A server in a thread of its own: `GET /rows/N` answers a page, anything else is taken.
pub(crate) fn serve(records: u64) -> Answer<SocketAddr> {
    let pages: Vec<Bytes> = (0..=records / PAGE)
        .map(|page| {
            let rows = page * PAGE..((page + 1) * PAGE).min(records);
            let rows: Vec<_> = rows.map(Record::new).collect();
            serde_json::to_vec(&rows).map(Bytes::from)
        })
        .collect::<Result<_, _>>()?;
    let pages = Arc::new(pages);
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    std::thread::spawn(move || {
        runtime.block_on(async move {
            let Ok(listener) = TcpListener::from_std(listener) else {
                return;
            };
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(talk(connection, Arc::clone(&pages)));
            }
        });
    });
    Ok(address)
}

/// Answers the requests of one connection until it ends.
async fn talk(connection: TcpStream, pages: Arc<Vec<Bytes>>) -> std::io::Result<()> {
    connection.set_nodelay(true)?;
    let mut connection = BufReader::new(connection);
    let mut body = Vec::new();
    loop {
        let mut first = String::new();
        if connection.read_line(&mut first).await? == 0 {
            return Ok(());
        }
        let mut length = 0;
        loop {
            let mut header = String::new();
            connection.read_line(&mut header).await?;
            if header.trim().is_empty() {
                break;
            }
            if let Some((name, value)) = header.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        body.resize(length, 0);
        connection.read_exact(&mut body).await?;
        let page = first
            .strip_prefix("GET /rows/")
            .and_then(|rest| rest.split_once(' '))
            .and_then(|(row, _)| row.parse::<u64>().ok())
            .and_then(|row| usize::try_from(row / PAGE).ok());
        let answer = page.and_then(|page| pages.get(page)).cloned();
        let answer = answer.unwrap_or_else(|| Bytes::from_static(b"taken"));
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n",
            answer.len()
        );
        connection.get_mut().write_all(head.as_bytes()).await?;
        connection.get_mut().write_all(&answer).await?;
    }
}
