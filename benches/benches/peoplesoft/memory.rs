//! How much memory a message of any size needs.

use std::io::Read;
use std::process::Command;

use connector_benches::measure::Report;
use connector_benches::peoplesoft::MessageStream;
use peoplesoft_client::rowset::{ReadOptions, Reader};

use super::SEED;
use super::voucher::Voucher;

/// Less than this beyond the process itself is demanded.
const LIMIT_MIB: f64 = 4.0;

/// Streams in a process of its own, because this one holds the whole message.
pub(super) fn note(report: &mut Report, bytes: usize) -> Result<(), String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new(program)
        .args(["--stream", "--memory-bytes", &bytes.to_string()])
        .output()
        .map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let grown: u64 = text
        .trim()
        .parse()
        .map_err(|_| format!("the streaming process said `{text}`"))?;
    let mebibytes = grown as f64 / f64::from(1 << 20);
    let what = format!(
        "memory that decoding {} MB from a stream adds",
        bytes / 1_000_000
    );
    report.note(what, mebibytes, LIMIT_MIB, "MiB");
    Ok(())
}

/// Decodes a message that is made while it is read; gives by how many bytes the peak of resident memory
/// lies above what making the same message without decoding it needs.
pub(super) fn stream(bytes: usize) -> Result<String, String> {
    let mut buffer = vec![0; 64 << 10];
    let mut stream = MessageStream::new(bytes / 10, SEED);
    while stream
        .read(&mut buffer)
        .map_err(|error| error.to_string())?
        > 0
    {}
    let before = peak()?;
    let mut reader = Reader::new(MessageStream::new(bytes, SEED), ReadOptions::default());
    let mut count = 0_u64;
    while let Some(transaction) = reader
        .next_transaction()
        .map_err(|error| error.to_string())?
    {
        let row = transaction.first().ok_or("a transaction without a row")?;
        let voucher = Voucher::read(row).map_err(|finding| finding.to_string())?;
        count += voucher.lines.len() as u64;
    }
    if count == 0 {
        return Err("nothing was read".to_owned());
    }
    Ok(peak()?.saturating_sub(before).to_string())
}

fn peak() -> Result<u64, String> {
    let status = std::fs::read_to_string("/proc/self/status").map_err(|error| error.to_string())?;
    let kibibytes: u64 = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.split_whitespace().next()?.parse().ok())
        .ok_or("the system does not tell the peak of resident memory")?;
    Ok(kibibytes * 1024)
}
