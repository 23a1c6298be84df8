//! Files as the double takes and gives them, for both ways of transfer.

use std::io;

use http::{StatusCode, header};
use serde_json::json;

use super::{
    answer::Answer,
    fault::Fault,
    handler::{Asked, not_found},
    intake::{NoContent, Received},
    record::Operation,
    storage::Opened,
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
        Operation::Download => download(world, directory, name),
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

fn download(world: &World, directory: &str, name: &str) -> io::Result<Answer> {
    let mut state = world.state();
    let Some(opened) = state.storage.open_file(directory, name)? else {
        return Ok(not_found("there is no such file"));
    };
    let (answer, size) = match opened {
        Opened::Memory(content) => {
            let size = u64::try_from(content.len()).unwrap_or(u64::MAX);
            (Answer::bytes(content), size)
        }
        Opened::Disk(file, size) => (Answer::file(file, size), size),
        Opened::Forgotten(size) => {
            let told = format!(
                "only name, size and hash of this file of {size} bytes were kept: give the double a directory, or raise \
                 its memory_limit"
            );
            return Ok(Answer::error(StatusCode::INSUFFICIENT_STORAGE, &told));
        }
    };
    if world.switches.fetched_files_vanish {
        state.storage.remove(directory, name)?;
    }
    Ok(answer.acted().about(directory, name, size))
}

fn upload(
    world: &World,
    asked: &Asked,
    fault: Option<Fault>,
    directory: &str,
    name: &str,
) -> io::Result<Answer> {
    let Received {
        bytes,
        sha256,
        staged,
    } = match asked.take_upload() {
        Some(Ok(received)) => received,
        Some(Err(NoContent::Disk(error))) => return Err(error),
        Some(Err(NoContent::NoFile)) | None => {
            return Ok(Answer::error(
                StatusCode::BAD_REQUEST,
                "the form holds no file",
            ));
        }
    };
    let mut state = world.state();
    let Some(kept) = state
        .storage
        .choose(directory, name, world.switches.same_name)
    else {
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
    if !world.switches.picked_up {
        state.storage.keep(directory, &kept, staged, bytes)?;
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
