//! Files as the double takes and gives them, for both ways of transfer.

use std::io;

use http::{StatusCode, header};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{
    answer::Answer,
    fault::Fault,
    form,
    handler::{Asked, not_found},
    record::Operation,
    storage::stage,
    world::World,
};

/// Does one thing with one file, or lists a directory as lines of text.
pub(super) fn file(
    world: &World,
    asked: &Asked,
    fault: Option<Fault>,
    directory: &str,
    name: &str,
) -> io::Result<Answer> {
    if !is_directory(directory) || (asked.operation != Operation::List && !is_name(name)) {
        return Ok(Answer::error(
            StatusCode::BAD_REQUEST,
            "not a name of a file",
        ));
    }
    match asked.operation {
        Operation::Upload => upload(world, asked, fault, directory, name),
        Operation::Download => Ok(match read(world, directory, name)? {
            None => not_found("there is no such file"),
            Some(content) => {
                let size = u64::try_from(content.len()).unwrap_or(u64::MAX);
                if world.switches.fetched_files_vanish {
                    world.state().storage.remove(directory, name)?;
                }
                Answer::bytes(content).acted().about(directory, name, size)
            }
        }),
        Operation::Delete => Ok(match world.state().storage.remove(directory, name)? {
            None => not_found("there is no such file"),
            Some(size) => Answer::new(StatusCode::NO_CONTENT)
                .acted()
                .about(directory, name, size),
        }),
        _ => {
            let Some(files) = world.state().storage.list(directory) else {
                return Ok(not_found("there is no such directory"));
            };
            let lines = files
                .into_iter()
                .map(|(name, size)| match world.switches.list_separator {
                    Some(separator) => format!("{name}{separator}{size}\n"),
                    None => format!("{name}\n"),
                });
            Ok(Answer::text(lines.collect()).acted())
        }
    }
}

/// By itself, so that the lock is free again.
fn read(world: &World, directory: &str, name: &str) -> io::Result<Option<bytes::Bytes>> {
    world.state().storage.read(directory, name)
}

fn upload(
    world: &World,
    asked: &Asked,
    fault: Option<Fault>,
    directory: &str,
    name: &str,
) -> io::Result<Answer> {
    let kind = asked
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let content = match kind.filter(|kind| kind.starts_with("multipart/form-data")) {
        None => asked.body.clone(),
        Some(kind) => match form::first_part(kind, &asked.body) {
            Some(content) => content,
            None => {
                return Ok(Answer::error(
                    StatusCode::BAD_REQUEST,
                    "the form holds no file",
                ));
            }
        },
    };
    let bytes = u64::try_from(content.len()).unwrap_or(u64::MAX);
    let sha256 = hex(&Sha256::digest(&content));
    let root = world.state().storage.root().map(std::path::Path::to_owned);
    // The slow part happens outside the lock.
    let staged = stage(root.as_deref(), asked.n, content, world.switches.fsync)?;
    let mut state = world.state();
    let Some(kept) = state
        .storage
        .choose(directory, name, world.switches.same_name)
    else {
        staged.discard()?;
        return Ok(Answer::error(
            StatusCode::CONFLICT,
            "there is a file of this name",
        ));
    };
    let body = json!({ "name": kept, "size": bytes });
    let location = format!(
        "{}/folders/{}/files/{}",
        world.switches.prefix,
        crate::path::encode_segment(directory),
        crate::path::encode_segment(&kept)
    );
    let mut answer = Answer::json(StatusCode::CREATED, body, &world.switches)
        .acted()
        .about(directory, &kept, bytes)
        .with_header(header::LOCATION, &location);
    answer.sha256 = Some(sha256);
    // The line in the log is what counts: it is written first, and a restart goes by it.
    state.record(asked.record(&answer, fault))?;
    answer.recorded = true;
    if world.switches.picked_up {
        staged.discard()?;
    } else {
        state.storage.keep(directory, &kept, staged)?;
    }
    Ok(answer)
}

pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 255
        && name != "."
        && name != ".."
        && !name
            .chars()
            .any(|c| c.is_control() || matches!(c, '/' | '\\'))
}

pub(super) fn is_directory(directory: &str) -> bool {
    directory.is_empty() || directory.split('/').all(is_name)
}
