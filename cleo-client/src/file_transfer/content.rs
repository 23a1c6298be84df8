//! What an upload consists of: bytes at hand, or a stream that is read while it is sent.

use std::{
    fmt, io,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_core::Stream;
use futures_util::{StreamExt as _, stream};
use sha2::{Digest as _, Sha256};

use super::digest::Digest;

/// Bytes on their way, piece by piece.
pub type ByteStream = Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>;

/// The content of an upload.
///
/// Made from anything that is bytes or text, or from a stream. A stream is never held in memory as a whole.
///
/// ```
/// use bytes::Bytes;
/// use cleo_client::file_transfer::Content;
/// use futures_util::stream;
///
/// let small = Content::from("ISA*00*…");
/// assert_eq!(small.length(), Some(10));
/// // Opened anew for each attempt: 1 GiB of zeros.
/// let piece = Bytes::from(vec![0; 1 << 16]);
/// let large = Content::stream(Some(1 << 30), move || {
///     stream::iter(vec![piece.clone(); 1 << 14]).map(Ok)
/// });
/// # use futures_util::StreamExt as _;
/// assert_eq!(large.length(), Some(1 << 30));
/// ```
#[derive(Clone)]
pub struct Content(Kind);

#[derive(Clone)]
enum Kind {
    Bytes(Bytes),
    Stream {
        length: Option<u64>,
        open: Arc<dyn Fn() -> ByteStream + Send + Sync>,
    },
    Once {
        length: Option<u64>,
        stream: Arc<Mutex<Option<ByteStream>>>,
    },
}

impl Content {
    /// A stream that can be opened anew for each attempt, with its length in bytes if that is known.
    ///
    /// A length that turns out to be wrong fails the upload.
    pub fn stream<S>(length: Option<u64>, open: impl Fn() -> S + Send + Sync + 'static) -> Self
    where
        S: Stream<Item = io::Result<Bytes>> + Send + 'static,
    {
        Self(Kind::Stream {
            length,
            open: Arc::new(move || Box::pin(open())),
        })
    }

    /// A stream that can be read once. An upload of it is never repeated once a byte of it was read.
    pub fn once<S>(length: Option<u64>, stream: S) -> Self
    where
        S: Stream<Item = io::Result<Bytes>> + Send + 'static,
    {
        Self(Kind::Once {
            length,
            stream: Arc::new(Mutex::new(Some(Box::pin(stream)))),
        })
    }

    /// The length in bytes, if it is known.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        match &self.0 {
            Kind::Bytes(bytes) => u64::try_from(bytes.len()).ok(),
            Kind::Stream { length, .. } | Kind::Once { length, .. } => *length,
        }
    }

    /// The bytes, if they are at hand.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&Bytes> {
        match &self.0 {
            Kind::Bytes(bytes) => Some(bytes),
            Kind::Stream { .. } | Kind::Once { .. } => None,
        }
    }

    /// Whether it can be sent from its beginning.
    pub(crate) fn is_whole(&self) -> bool {
        match &self.0 {
            Kind::Bytes(_) | Kind::Stream { .. } => true,
            Kind::Once { stream, .. } => lock(stream).is_some(),
        }
    }

    fn open(&self) -> ByteStream {
        match &self.0 {
            // In pieces, so that progress shows.
            Kind::Bytes(bytes) => {
                let mut rest = bytes.clone();
                let pieces = std::iter::from_fn(move || {
                    (!rest.is_empty()).then(|| Ok(rest.split_to(rest.len().min(PIECE))))
                });
                Box::pin(stream::iter(pieces))
            }
            Kind::Stream { open, .. } => open(),
            Kind::Once { stream, .. } => {
                // Taken when it is first read: a connection that could not be made costs nothing.
                let stream = Arc::clone(stream);
                let taken = stream::once(async move { lock(&stream).take() });
                Box::pin(taken.flat_map(|stream| {
                    stream.unwrap_or_else(|| {
                        let used = io::Error::other("the content can be read once, and was");
                        Box::pin(stream::iter([Err(used)]))
                    })
                }))
            }
        }
    }
}

/// How much of bytes at hand is sent at once when somebody watches.
const PIECE: usize = 64 * 1024;

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

macro_rules! from_bytes {
    ($($kind:ty),+) => {
        $(impl From<$kind> for Content {
            fn from(content: $kind) -> Self {
                Self(Kind::Bytes(Bytes::from(content)))
            }
        })+
    };
}
from_bytes!(
    Bytes,
    Vec<u8>,
    String,
    Box<[u8]>,
    &'static str,
    &'static [u8]
);

impl fmt::Debug for Content {
    /// Shows the size, not the content: it is somebody's business document.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match &self.0 {
            Kind::Bytes(_) => "Bytes",
            Kind::Stream { .. } => "Stream",
            Kind::Once { .. } => "Once",
        };
        f.debug_struct(name)
            .field("bytes", &self.length())
            .finish_non_exhaustive()
    }
}

/// How far a transfer has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Bytes handed to the connection, or received from it, in this attempt.
    pub bytes: u64,
    /// Bytes in all, if that is known.
    pub total: Option<u64>,
}

/// What is told how far a transfer has come.
pub(crate) type Watcher = Arc<dyn Fn(Progress) + Send + Sync>;

/// Content on its way out, with what is learnt about it as it passes.
#[derive(Clone)]
pub(crate) struct Outgoing {
    pub(crate) content: Content,
    pub(crate) watcher: Option<Watcher>,
    /// What stands before and after it in a form.
    pub(crate) frame: Option<(Bytes, Bytes)>,
    passed: Arc<Mutex<Passed>>,
}

#[derive(Debug, Default)]
struct Passed {
    digest: Option<Digest>,
    bytes: u64,
    failed: bool,
}

impl Outgoing {
    pub(crate) fn new(content: Content, watcher: Option<Watcher>) -> Self {
        Self {
            content,
            watcher,
            frame: None,
            passed: Arc::default(),
        }
    }

    /// The length of everything that is sent.
    pub(crate) fn length(&self) -> Option<u64> {
        let frame = self.frame.as_ref();
        let frame = frame.map_or(0, |(head, tail)| head.len() + tail.len());
        self.content
            .length()?
            .checked_add(u64::try_from(frame).ok()?)
    }

    /// Starts from the beginning.
    pub(crate) fn open(&self) -> ByteStream {
        let nothing = self.content.length() == Some(0);
        *lock(&self.passed) = Passed {
            digest: nothing.then(|| Digest::of_bytes(b"")),
            ..Passed::default()
        };
        let metered = Metered {
            inner: self.content.open(),
            total: self.content.length(),
            bytes: 0,
            hasher: Some(Sha256::new()),
            watcher: self.watcher.clone(),
            passed: Arc::clone(&self.passed),
        };
        match self.frame.clone() {
            None => Box::pin(metered),
            Some((head, tail)) => Box::pin(
                stream::iter([Ok(head)])
                    .chain(metered)
                    .chain(stream::iter([Ok(tail)])),
            ),
        }
    }

    /// Whether the caller's own stream failed.
    pub(crate) fn has_failed(&self) -> bool {
        lock(&self.passed).failed
    }

    /// How many bytes passed, and their hash if all did.
    pub(crate) fn result(&self) -> (u64, Option<Digest>) {
        let passed = lock(&self.passed);
        (passed.bytes, passed.digest)
    }
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing")
            .field("content", &self.content)
            .finish_non_exhaustive()
    }
}

/// Counts, hashes and tells; fails if the length is not what was announced.
struct Metered {
    inner: ByteStream,
    total: Option<u64>,
    bytes: u64,
    /// `None` once the end was reached.
    hasher: Option<Sha256>,
    watcher: Option<Watcher>,
    passed: Arc<Mutex<Passed>>,
}

impl Metered {
    fn fail(&mut self, error: io::Error) -> Poll<Option<io::Result<Bytes>>> {
        self.hasher = None;
        lock(&self.passed).failed = true;
        Poll::Ready(Some(Err(error)))
    }

    fn wrong_length(&mut self) -> Poll<Option<io::Result<Bytes>>> {
        let total = self.total.unwrap_or_default();
        let found = self.bytes;
        self.fail(io::Error::new(
            io::ErrorKind::InvalidData,
            format!("the content was announced with {total} bytes, and has {found} or more"),
        ))
    }
}

impl Stream for Metered {
    type Item = io::Result<Bytes>;

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Bytes>>> {
        if self.hasher.is_none() {
            return Poll::Ready(None);
        }
        match std::task::ready!(self.inner.as_mut().poll_next(context)) {
            Some(Ok(piece)) => {
                let length = u64::try_from(piece.len()).unwrap_or(u64::MAX);
                self.bytes = self.bytes.saturating_add(length);
                if self.total.is_some_and(|total| self.bytes > total) {
                    return self.wrong_length();
                }
                if let Some(hasher) = &mut self.hasher {
                    hasher.update(&piece);
                }
                let (bytes, whole) = (self.bytes, self.total == Some(self.bytes));
                // Nobody asks for more than was announced, so the end may never be seen.
                let digest = self.hasher.clone().filter(|_| whole).map(Digest::of);
                {
                    let mut passed = lock(&self.passed);
                    passed.bytes = bytes;
                    passed.digest = digest;
                }
                if let Some(watcher) = &self.watcher {
                    watcher(Progress {
                        bytes: self.bytes,
                        total: self.total,
                    });
                }
                Poll::Ready(Some(Ok(piece)))
            }
            Some(Err(error)) => self.fail(error),
            None if self.total.is_some_and(|total| self.bytes < total) => self.wrong_length(),
            None => {
                if let Some(hasher) = self.hasher.take() {
                    lock(&self.passed).digest = Some(Digest::of(hasher));
                }
                Poll::Ready(None)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::TryStreamExt as _;
    use proptest::prelude::*;

    use super::*;

    fn pieces(pieces: &[&'static str]) -> Vec<io::Result<Bytes>> {
        pieces.iter().map(|piece| Ok(Bytes::from(*piece))).collect()
    }

    fn collect(outgoing: &Outgoing) -> io::Result<Vec<u8>> {
        let parts: Vec<Bytes> =
            futures_util::FutureExt::now_or_never(outgoing.open().try_collect()).unwrap()?;
        Ok(parts.concat())
    }

    #[test]
    fn a_wrong_length_is_noticed_both_ways() {
        for (length, good) in [
            (None, true),
            (Some(4), true),
            (Some(3), false),
            (Some(5), false),
        ] {
            let content = Content::stream(length, || stream::iter(pieces(&["ab", "cd"])));
            let outgoing = Outgoing::new(content, None);
            assert_eq!(collect(&outgoing).is_ok(), good, "{length:?}");
            assert_eq!(outgoing.has_failed(), !good);
            assert_eq!(outgoing.result().1.is_some(), good);
        }
    }

    #[test]
    fn what_can_be_read_once_is_read_once() {
        let content = Content::once(None, stream::iter(pieces(&["ab"])));
        let outgoing = Outgoing::new(content.clone(), None);
        let unread = outgoing.open();
        assert!(content.is_whole());
        drop(unread);
        assert_eq!(collect(&outgoing).unwrap(), b"ab");
        assert!(!content.is_whole());
        assert!(collect(&outgoing).is_err() && outgoing.has_failed());
    }

    proptest! {
        #[test]
        fn bytes_and_streams_are_the_same(text in "\\PC{0,300}", frame in any::<bool>()) {
            let bytes = Bytes::from(text.clone());
            let again = bytes.clone();
            let stream = Content::stream(None, move || {
                let parts: Vec<_> = again.chunks(7).map(|part| Ok(Bytes::copy_from_slice(part))).collect();
                stream::iter(parts)
            });
            let whole = Digest::of(Sha256::new_with_prefix(&bytes));
            for content in [Content::from(bytes), stream] {
                let mut outgoing = Outgoing::new(content, None);
                outgoing.frame = frame.then(|| (Bytes::from("<"), Bytes::from(">")));
                let sent = collect(&outgoing).unwrap();
                let wanted = if frame { format!("<{text}>") } else { text.clone() };
                prop_assert_eq!(sent, wanted.as_bytes());
                prop_assert_eq!(outgoing.result().1, Some(whole));
            }
        }
    }
}
