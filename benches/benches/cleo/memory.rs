//! How much memory files and lists of any size need, and how fast they pass.

use std::process::Command;

use bytes::Bytes;
use cleo_client::{
    Client, Credentials,
    file_transfer::{Content, FileTransfer as _, RestTransfer, Upload},
};
use connector_benches::measure::Clock;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::say;

/// Less than this is demanded, in bytes.
const LIMIT: u64 = 16 << 20;

/// How much a file's pieces hold.
const PIECE: usize = 64 << 10;

/// Each part in a process of its own; whether the demand was met by all.
pub(super) fn measure(origin: &str, bytes: u64) -> Result<bool, String> {
    say(&format!(
        "peak of resident memory, a process each; the file has {bytes} bytes\n"
    ))?;
    let mut met = true;
    for part in ["idle", "list", "upload", "download"] {
        if bytes == 0 && matches!(part, "upload" | "download") {
            continue;
        }
        let program = std::env::current_exe().map_err(|error| error.to_string())?;
        let output = Command::new(program)
            .args(["--bytes", &bytes.to_string(), "--part", part, origin])
            .output()
            .map_err(|error| error.to_string())?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        let text = String::from_utf8_lossy(&output.stdout);
        let mut words = text.split_whitespace();
        let peak: u64 = words
            .next()
            .and_then(|word| word.parse().ok())
            .ok_or(format!("the process said `{text}`"))?;
        let rest: Vec<&str> = words.collect();
        let mebibytes = peak as f64 / f64::from(1 << 20);
        say(&format!(
            "{part:<28}{mebibytes:>10.1} MiB  {}\n",
            rest.join(" ")
        ))?;
        met &= peak < LIMIT;
    }
    let verdict = if met { "met" } else { "MISSED" };
    say(&format!(
        "demand: less than {} MiB: {verdict}\n",
        LIMIT >> 20
    ))?;
    Ok(met)
}

/// One part: the peak of this process in bytes, and what it did.
pub(super) fn part(part: &str, origin: &str, bytes: u64) -> Result<String, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let start = Clock::Wall.now();
    let what = runtime
        .block_on(work(part, origin, bytes))
        .map_err(|error| error.to_string())?;
    let seconds = Clock::Wall.now().saturating_sub(start).as_secs_f64();
    let status = std::fs::read_to_string("/proc/self/status").map_err(|error| error.to_string())?;
    let kibibytes: u64 = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.split_whitespace().next()?.parse().ok())
        .ok_or("the system does not tell the peak of resident memory")?;
    Ok(format!("{} {what} in {seconds:.1} s\n", kibibytes * 1024))
}

async fn work(part: &str, origin: &str, bytes: u64) -> Result<String, Box<dyn std::error::Error>> {
    let client = Client::builder(origin.parse()?)
        .credentials(Credentials::bearer("token"))
        .build()?;
    let files = RestTransfer::new(&client)?;
    match part {
        "idle" => {
            client.request(http::Method::GET, "ping").send().await?;
            Ok("one request".to_owned())
        }
        "list" => {
            let mut items = Box::pin(client.connections().list().items());
            let mut count = 0_u64;
            while items.try_next().await?.is_some() {
                count += 1;
            }
            Ok(format!("{count} connections"))
        }
        "upload" => {
            let piece = Bytes::from(vec![b'x'; PIECE]);
            let whole = bytes / PIECE as u64;
            let rest = usize::try_from(bytes % PIECE as u64)?;
            let content = Content::stream(Some(bytes), move || {
                let pieces = (0..whole).map({
                    let piece = piece.clone();
                    move |_| Ok(piece.clone())
                });
                let rest = (rest > 0).then(|| Ok(piece.slice(..rest)));
                stream::iter(pieces).chain(stream::iter(rest))
            });
            let upload = Upload::new("out", "large.bin", content)
                .with_timeout(std::time::Duration::from_secs(3600));
            let receipt = files.upload(&upload).await?;
            match receipt.sha256 {
                Some(_) if receipt.bytes == bytes => Ok(format!("{bytes} bytes, hashed")),
                _ => Err(format!("{} bytes went up", receipt.bytes).into()),
            }
        }
        "download" => {
            let download = files.open("out", "large.bin").await?;
            let receipt = download.write_to(&mut tokio::io::sink()).await?;
            if receipt.bytes == bytes {
                return Ok(format!("{bytes} bytes, hashed"));
            }
            Err(format!("{} bytes came down", receipt.bytes).into())
        }
        other => Err(format!("no part is called {other}").into()),
    }
}
