//! A server that answers every request with the same bytes, for answers that no server would send.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use peoplesoft_client::Client;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

/// It stops when dropped.
pub(crate) struct RawServer {
    pub(crate) gateway: Url,
    requests: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl RawServer {
    /// Answers with a head, whose lines end in line feeds here, and a body; then it closes.
    pub(crate) async fn new(head: &str, body: impl Into<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let gateway = format!("http://{}/PSIGW", listener.local_addr().unwrap());
        let mut answer = head.trim().replace('\n', "\r\n").into_bytes();
        answer.extend_from_slice(b"\r\n\r\n");
        answer.extend(body.into());
        let requests = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&requests);
        let task = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request: Vec<u8> = Vec::new();
                let mut part = [0_u8; 4_096];
                while !request.windows(4).any(|four| four == b"\r\n\r\n") {
                    match stream.read(&mut part).await {
                        Ok(length) if length > 0 => request.extend(part.iter().take(length)),
                        _ => break,
                    }
                }
                count.fetch_add(1, Ordering::SeqCst);
                // The other side may have had enough.
                let _ = stream.write_all(&answer).await;
                let _ = stream.shutdown().await;
            }
        });
        Self {
            gateway: gateway.parse().unwrap(),
            requests,
            task,
        }
    }

    pub(crate) fn client(&self) -> Client {
        let builder = Client::builder(self.gateway.clone());
        crate::site::client(builder.max_attempts(1))
    }

    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

impl Drop for RawServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}
