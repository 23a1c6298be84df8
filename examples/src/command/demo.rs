//! `demo`: everything once, on this machine.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use sync_core::Observer;
use sync_core::engine::Report;

use super::mail::{self, Answered};
use super::sync::{text, told};
use super::{DONE, FAILED, Output, Tally, WorldArguments, simulate};
use crate::config::Config;
use crate::integration::{Access, Integration, OpenError};
use crate::simulation::{Doubles, Faults, Size, StartError};

/// Why a demo ends early.
#[derive(Debug, thiserror::Error)]
pub(super) enum DemoError {
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error(transparent)]
    Ledger(#[from] sync_core::store::StoreError),
}

pub(super) async fn demo(
    dir: &Path,
    asked: &WorldArguments,
    faults: Faults,
    json: bool,
    out: &Output,
) -> Result<u8, DemoError> {
    let default = Size {
        orders: 500,
        invoices: 100,
        suppliers: 40,
        seed: 1,
        broken: true,
    };
    let world = simulate::world(dir, asked, default)?;
    let dir = fs::canonicalize(dir)?;
    if !json {
        let size = world.size();
        out.note(format_args!(
            "{} orders, {} invoices, {} suppliers in {}",
            size.orders,
            size.invoices,
            size.suppliers,
            dir.display()
        ));
    }
    let doubles = Doubles::start(&dir, &world, faults).await?;
    fs::write(dir.join("config.toml"), doubles.config().to_toml())?;
    // From here on what anybody would do with this configuration.
    let integration = Box::pin(open(doubles.config().clone())).await?;
    let tally = Arc::new(Tally::default());
    let observer: Arc<dyn Observer> = Arc::clone(&tally) as _;
    let began = integration.clock().mono();
    let reports = integration
        .engine(observer)
        .run_once(&integration.jobs(None))
        .await;
    let took = integration.clock().mono().saturating_sub(began);
    let observer: Arc<dyn Observer> = Arc::clone(&tally) as _;
    let (answered, more) =
        mail::answer(&integration, &doubles, &dir, world.size().seed, observer).await?;
    let reports: Vec<Report> = reports.into_iter().chain(more).collect();
    tally.finish();
    doubles.cleo.stop().await;
    let complete = reports.iter().all(Report::is_complete);
    let summary = Summary {
        dir,
        tally: &tally,
        reports: &reports,
        took,
        answered,
    };
    if json {
        summary.json(out)?
    } else {
        summary.text(out)?
    }
    Ok(if complete { DONE } else { FAILED })
}

async fn open(config: Config) -> Result<Integration, OpenError> {
    Integration::open(config, Access::Run).await
}

struct Summary<'a> {
    dir: PathBuf,
    tally: &'a Tally,
    reports: &'a [Report],
    took: Duration,
    answered: Answered,
}

/// The flows out of PeopleSoft, which the counts of documents and their rate are of.
const OUTBOUND: [&str; 2] = ["purchase-orders", "invoices"];

impl Summary<'_> {
    fn files(&self) -> PathBuf {
        self.dir.join("cleo").join("files")
    }

    fn rate(&self) -> f64 {
        let sent = u32::try_from(self.tally.total_of(&OUTBOUND).sent).unwrap_or(u32::MAX);
        f64::from(sent) / self.took.as_secs_f64().max(0.001)
    }

    fn json(&self, out: &Output) -> io::Result<()> {
        let total = self.tally.total_of(&OUTBOUND);
        out.json(&json!({
            "read": total.read,
            "sent": total.sent,
            "duplicates_avoided": total.duplicates_avoided(),
            "held": total.held,
            "rejected": total.rejected,
            "in_review": total.review,
            "retries": total.retries,
            "seconds": self.took.as_secs_f64(),
            "documents_per_second": self.rate(),
            "flows": self.tally.flows(),
            "suppliers": self.answered,
            "reports": self.reports.iter().map(told).collect::<Vec<_>>(),
            "config": self.dir.join("config.toml"),
            "files": self.files(),
            "requests": self.dir.join("cleo").join("requests.ndjson"),
            "example": example(&self.files()),
        }))
    }

    fn text(&self, out: &Output) -> io::Result<()> {
        let total = self.tally.total_of(&OUTBOUND);
        if let Some(example) = example(&self.files()) {
            let bytes = fs::read(&example)?;
            let mut readable = Vec::new();
            x12_edi::render::annotate(
                x12_edi::EnvelopeReader::from_slice(&bytes),
                &mut readable,
                x12_edi::render::Style::Ansi,
            )
            .map_err(|error| io::Error::other(error.to_string()))?;
            out.line(format_args!("One of the orders, {}:\n", example.display()))?;
            out.line(String::from_utf8_lossy(&readable))?;
        }
        out.line(text(self.tally))?;
        out.line("")?;
        if total.sent == 0 {
            out.line("Nothing new: nothing was sent. Try again with --change 10.")?;
        } else {
            out.line(format_args!(
                "{} documents delivered once each in {:.1} s ({:.0} a second).",
                total.sent,
                self.took.as_secs_f64(),
                self.rate()
            ))?;
        }
        out.line(&self.answered)?;
        for report in self.reports.iter().filter(|report| !report.is_complete()) {
            out.note(format_args!("warning: {report}"));
        }
        let config = self.dir.join("config.toml");
        let config = config.display();
        out.line(format_args!(
            "What Cleo received:  {}",
            self.files().display()
        ))?;
        out.line(format_args!(
            "What waits, and why: peoplesoft-cleo holds --config {config}"
        ))?;
        out.line(format_args!(
            "Where all stands:    peoplesoft-cleo status --config {config}"
        ))?;
        out.line(format_args!(
            "Is the trail whole:  peoplesoft-cleo audit verify --config {config}"
        ))
    }
}

/// The first order that Cleo received, in the order of names.
fn example(files: &Path) -> Option<PathBuf> {
    let mut folders = vec![files.to_owned()];
    let mut found: Option<PathBuf> = None;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).ok()?.flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if entry.file_name().to_string_lossy().starts_with("850_")
                && found.as_ref().is_none_or(|found| path < *found)
            {
                found = Some(path);
            }
        }
    }
    found
}
