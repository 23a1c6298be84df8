//! The content of an upload as it comes in: hashed, and put where it is kept, piece by piece.

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, header};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use sha2::{Digest, Sha256};

use super::{
    answer::Cut,
    files::hex,
    form::{FirstPart, boundary},
    storage::{Partial, Staged},
    world::World,
};

/// The content of an upload, whole.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) bytes: u64,
    pub(super) sha256: String,
    pub(super) staged: Staged,
}

/// Why there is no content.
#[derive(Debug)]
pub(super) enum NoContent {
    /// The form holds no file.
    NoFile,
    /// The double cannot write.
    Disk(io::Error),
}

impl From<io::Error> for NoContent {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

/// Reads the body of an upload to its end, whatever becomes of it: a client that leaves on the way has sent nothing.
pub(super) async fn receive(
    world: &World,
    n: u64,
    headers: &HeaderMap,
    mut body: Incoming,
) -> Result<Result<Received, NoContent>, Cut> {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .filter(|kind| kind.starts_with("multipart/form-data"));
    let root = world.state().storage.root().map(Path::to_owned);
    let mut intake = Intake::new(root.as_deref(), n, world.switches.memory_limit, kind);
    while let Some(frame) = body.frame().await {
        let Ok(piece) = frame.map_err(|_| Cut)?.into_data() else {
            continue;
        };
        if let Ok(open) = &mut intake
            && let Err(error) = open.push(&piece)
        {
            intake = Err(error);
        }
    }
    Ok(intake.and_then(|intake| intake.finish(world.switches.fsync)))
}

enum Place {
    Memory { content: BytesMut, limit: usize },
    Disk { file: fs::File, partial: Partial },
    Forgotten,
}

struct Intake {
    form: Option<FirstPart>,
    hasher: Sha256,
    bytes: u64,
    place: Place,
}

impl Intake {
    fn new(
        root: Option<&Path>,
        n: u64,
        limit: usize,
        form: Option<&str>,
    ) -> Result<Self, NoContent> {
        let form = match form {
            None => None,
            Some(kind) => Some(FirstPart::new(boundary(kind).ok_or(NoContent::NoFile)?)),
        };
        let place = match root {
            None => Place::Memory {
                content: BytesMut::new(),
                limit,
            },
            Some(root) => {
                let (partial, file) = Partial::create(root, n)?;
                Place::Disk { file, partial }
            }
        };
        Ok(Self {
            form,
            hasher: Sha256::new(),
            bytes: 0,
            place,
        })
    }

    fn push(&mut self, piece: &[u8]) -> Result<(), NoContent> {
        match &mut self.form {
            None => self.keep(piece),
            Some(form) => {
                let content = form.push(piece).ok_or(NoContent::NoFile)?;
                self.keep(&content)
            }
        }
    }

    fn keep(&mut self, content: &[u8]) -> Result<(), NoContent> {
        self.hasher.update(content);
        self.bytes += u64::try_from(content.len()).unwrap_or(u64::MAX);
        match &mut self.place {
            Place::Forgotten => {}
            Place::Disk { file, .. } => file.write_all(content)?,
            Place::Memory {
                content: whole,
                limit,
            } if whole.len() + content.len() <= *limit => {
                whole.extend_from_slice(content);
            }
            Place::Memory { .. } => self.place = Place::Forgotten,
        }
        Ok(())
    }

    fn finish(self, sync: bool) -> Result<Received, NoContent> {
        if self.form.is_some_and(|form| !form.is_over()) {
            return Err(NoContent::NoFile);
        }
        let staged = match self.place {
            Place::Memory { content, .. } => Staged::Memory(Bytes::from(content)),
            Place::Forgotten => Staged::Forgotten,
            Place::Disk { file, partial } => {
                if sync {
                    file.sync_all()?;
                }
                Staged::Disk(partial)
            }
        };
        Ok(Received {
            bytes: self.bytes,
            sha256: hex(&self.hasher.finalize()),
            staged,
        })
    }
}
