//! How much memory a stream of any size needs.

use std::process::Command;

use connector_benches::x12::{OrderStream, Release};
use x12_edi::envelope::Event;
use x12_edi::validate::{Switches, ValidatingReader};

use super::SEED;

/// Less than this is demanded.
pub(super) const FLOOR: u64 = 16 << 20;

/// Streams in a process of its own, because this one holds the whole file; gives the peak of its
/// resident memory in bytes.
pub(super) fn measure(bytes: usize) -> Result<u64, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new(program)
        .args(["--stream", "--memory-bytes", &bytes.to_string()])
        .output()
        .map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim()
        .parse()
        .map_err(|_| format!("the streaming process said `{text}`"))
}

/// Reads and checks a stream that is generated while it is read; gives the peak in bytes.
pub(super) fn stream(bytes: usize) -> Result<String, String> {
    let orders = OrderStream::new(bytes, SEED, Release::R004010);
    let mut reader = ValidatingReader::new(orders, Switches::standard());
    let (mut segments, mut findings, mut first) = (0_u64, 0_u64, String::new());
    while let Some(event) = reader.next_event().map_err(|error| error.to_string())? {
        match event {
            Event::Segment(_) => segments += 1,
            Event::Finding(finding) => {
                if findings == 0 {
                    first = finding.to_string();
                }
                findings += 1;
            }
            _ => {}
        }
    }
    if findings > 0 || segments == 0 {
        return Err(format!("{segments} segments, {findings} findings: {first}"));
    }
    let status = std::fs::read_to_string("/proc/self/status").map_err(|error| error.to_string())?;
    let kibibytes: u64 = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.split_whitespace().next()?.parse().ok())
        .ok_or("the system does not tell the peak of resident memory")?;
    Ok((kibibytes * 1024).to_string())
}
