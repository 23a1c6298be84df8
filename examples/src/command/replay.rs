//! `replay`: what has ended is done again, by a person's decision.

use std::time::{Duration, SystemTime};

use serde_json::json;
use sync_core::StreamKey;
use sync_core::delivery::Phase;
use sync_core::replay::{Mode, Plan, Request, Selection, plan, run};
use sync_core::store::{DocId, StateStore, StoreError};

use super::{DONE, FAILED, Output};

/// Which documents, how, and on whose word.
#[derive(Debug, Clone, clap::Args)]
pub struct ReplayArguments {
    /// The flow, as `status` names it.
    pub flow: String,
    /// The documents, as `holds` names them: the newest version of each.
    #[arg(value_name = "DOCUMENT")]
    pub documents: Vec<String>,
    /// How.
    #[arg(long = "as", value_enum)]
    pub mode: Way,
    /// Documents by their numbers in the ledger; may be given several times.
    #[arg(long, value_name = "N", conflicts_with = "documents")]
    pub id: Vec<u64>,
    /// Every rejected document, or with `--phase` others, as far as the limits below let it through.
    #[arg(long, conflicts_with_all = ["documents", "id"])]
    pub all: bool,
    /// Only documents that were taken in at this time or later: the beginning of a run.
    #[arg(long, value_name = "TIME", requires = "all")]
    pub since: Option<jiff::Timestamp>,
    /// Only documents that were taken in before this time: the end of a run.
    #[arg(long, value_name = "TIME", requires = "all")]
    pub before: Option<jiff::Timestamp>,
    /// Only documents that stand there: `dead` (where none is given), `confirmed`, `acknowledged`.
    #[arg(long, value_name = "PHASE", requires = "all")]
    pub phase: Vec<Phase>,
    /// Only documents that stopped with this code.
    #[arg(long, value_name = "CODE", requires = "all")]
    pub code: Option<String>,
    /// With `--as fetch`: from when PeopleSoft is read again; without it from the earliest of the documents.
    #[arg(long, value_name = "TIME")]
    pub from: Option<jiff::Timestamp>,
    /// Sends a second time what was delivered; `--why` is in the audit trail.
    #[arg(long)]
    pub allow_duplicate: bool,
    /// Who decides.
    #[arg(long, value_name = "NAME")]
    pub by: String,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    pub why: String,
    /// Shows what would be done; does nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// One JSON object instead of text.
    #[arg(long)]
    pub json: bool,
}

/// How it is done again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Way {
    /// The same file again: same numbers, same bytes.
    Resend,
    /// Made anew from the record that was kept: new numbers, linked to the one before.
    Transform,
    /// Read anew from PeopleSoft: what has changed there since is sent.
    Fetch,
}

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReplayError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("no flow `{flow}` in this ledger{known}")]
    NoFlow { flow: String, known: String },
    #[error("name documents, or --id, or --all; with --as fetch also --from alone")]
    Nothing,
    #[error("another process runs this flow: wait for it, or stop it")]
    Held,
}

/// Shows what would be done, or does it.
pub(super) async fn replay(
    store: Option<&dyn StateStore>,
    tenant: &str,
    arguments: &ReplayArguments,
    out: &Output,
) -> Result<std::io::Result<u8>, ReplayError> {
    let (store, stream) = flow(store, tenant, &arguments.flow).await?;
    let request = request(arguments)?;
    let lease = if arguments.dry_run {
        None
    } else {
        let lease = store.acquire(&stream, &arguments.by, Duration::from_secs(60));
        Some(lease.await?.ok_or(ReplayError::Held)?)
    };
    let plan = plan(store, &stream, &request).await?;
    let mut done = 0;
    if let Some(lease) = lease {
        let ran = run(store, &lease, &plan).await;
        store.release(lease).await?;
        done = ran?;
    }
    Ok(show(&plan, arguments, done, out))
}

async fn flow<'s>(
    store: Option<&'s dyn StateStore>,
    tenant: &str,
    flow: &str,
) -> Result<(&'s dyn StateStore, StreamKey), ReplayError> {
    let mut known = String::new();
    if let Some(store) = store {
        let streams = store.streams().await?;
        let mut own = streams
            .into_iter()
            .map(|status| status.stream)
            .filter(|stream| stream.tenant() == tenant);
        let names: Vec<_> = own.by_ref().collect();
        if let Some(stream) = names.iter().find(|stream| stream.pipeline() == flow) {
            return Ok((store, stream.clone()));
        }
        let names: Vec<_> = names.iter().map(StreamKey::pipeline).collect();
        known = format!(": it has {}", names.join(", "));
    }
    let flow = flow.to_owned();
    Err(ReplayError::NoFlow { flow, known })
}

fn request(arguments: &ReplayArguments) -> Result<Request, ReplayError> {
    let moment = |time: Option<jiff::Timestamp>| time.map(SystemTime::from);
    let selection = if arguments.all {
        Selection::Taken {
            since: moment(arguments.since),
            before: moment(arguments.before),
            phases: arguments.phase.clone(),
            code: arguments.code.as_deref().map(Into::into),
        }
    } else if !arguments.id.is_empty() {
        Selection::Ids(arguments.id.iter().copied().map(DocId).collect())
    } else if !arguments.documents.is_empty() {
        Selection::Keys(
            arguments
                .documents
                .iter()
                .map(|key| key.as_str().into())
                .collect(),
        )
    } else if arguments.mode == Way::Fetch && arguments.from.is_some() {
        Selection::Nothing
    } else {
        return Err(ReplayError::Nothing);
    };
    Ok(Request {
        mode: match arguments.mode {
            Way::Resend => Mode::Resend,
            Way::Transform => Mode::Transform,
            Way::Fetch => Mode::Fetch(arguments.from.map(|time| time.as_microsecond())),
        },
        selection,
        duplicate: arguments.allow_duplicate,
        by: arguments.by.as_str().into(),
        why: arguments.why.as_str().into(),
    })
}

fn show(
    plan: &Plan,
    arguments: &ReplayArguments,
    done: usize,
    out: &Output,
) -> std::io::Result<u8> {
    let left_out = plan.items.len() - plan.count();
    let nothing = plan.count() == 0 && plan.fetch_from.is_none() && arguments.mode != Way::Fetch;
    let code = if left_out > 0 || nothing {
        FAILED
    } else {
        DONE
    };
    let from = plan
        .fetch_from
        .and_then(|at| jiff::Timestamp::from_microsecond(at).ok());
    if arguments.json {
        let items: Vec<_> = plan
            .items
            .iter()
            .map(|item| {
                json!({
                    "document": item.key, "id": item.doc, "version": item.n, "phase": item.phase,
                    "ship": item.ship, "left_out": item.refused,
                })
            })
            .collect();
        out.json(&json!({
            "flow": arguments.flow, "dry_run": arguments.dry_run, "items": items,
            "fetch_from": from.map(|time| time.to_string()), "would_do": plan.count(), "done": done,
        }))?;
        return Ok(code);
    }
    for item in &plan.items {
        let what = match &item.refused {
            Some(why) => format!("left out: {why}"),
            None => "goes".to_owned(),
        };
        out.line(format_args!("{} [{}] {what}", item.key, item.phase))?;
    }
    if let Some(from) = from {
        out.line(format_args!("PeopleSoft is read again from {from}"))?;
    }
    let verb = if arguments.dry_run {
        "would go again"
    } else {
        "go again with the next sync"
    };
    match arguments.mode {
        Way::Fetch => {
            out.line("what has changed there is sent with the next sync; what has not is no news")?
        }
        _ => out.line(format_args!("{} {verb}, {left_out} left out", plan.count()))?,
    }
    Ok(code)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use clap::Parser as _;
    use sync_core::store::{DocumentFilter, MemoryStore, NewDocument, Op};
    use sync_core::{Stop, SystemClock, Version};

    use super::*;
    use crate::command::{Arguments, Command};

    fn parsed(line: &str) -> ReplayArguments {
        let words = line.split(' ').map(|word| word.trim_matches('\''));
        match Arguments::try_parse_from(words).unwrap().command {
            Command::Replay { replay, .. } => *replay,
            other => panic!("{other:?}"),
        }
    }

    async fn ledger() -> MemoryStore {
        let store = MemoryStore::new(Arc::new(SystemClock::new()));
        let stream = StreamKey::new("acme", "purchase-orders", "all");
        let lease = store
            .acquire(&stream, "test", Duration::from_secs(60))
            .await;
        let lease = lease.unwrap().unwrap();
        let docs = ["US001/1", "US001/2"].map(|key| NewDocument {
            key: key.into(),
            at: Some(7),
            n: 1,
            version: Version::of(key.as_bytes()),
            payload: "{}".into(),
            dead: Some(Stop::new("no-lines", "found 0 lines, expected 1")),
        });
        store
            .commit(&lease, &[Op::Intend(docs.to_vec())])
            .await
            .unwrap();
        store.release(lease).await.unwrap();
        store
    }

    async fn phases(store: &MemoryStore) -> Vec<Phase> {
        let stream = StreamKey::new("acme", "purchase-orders", "all");
        let docs = store
            .documents(&stream, &DocumentFilter::default())
            .await
            .unwrap();
        docs.into_iter().map(|doc| doc.phase).collect()
    }

    async fn done(store: &MemoryStore, line: &str) -> Result<u8, ReplayError> {
        let arguments = parsed(&format!(
            "peoplesoft-cleo replay {line} --by jane --why mended"
        ));
        let shown = replay(Some(store), "acme", &arguments, &Output).await?;
        Ok(shown.unwrap())
    }

    #[tokio::test]
    async fn a_dry_run_changes_nothing_and_a_run_does_what_it_said() {
        let store = ledger().await;
        let dead = vec![Phase::Dead; 2];
        let code = done(
            &store,
            "purchase-orders --all --code no-lines --as transform --dry-run",
        )
        .await;
        assert_eq!(code.unwrap(), DONE);
        assert_eq!(phases(&store).await, dead);
        let code = done(&store, "purchase-orders US001/1 --as resend --json").await;
        assert_eq!(code.unwrap(), FAILED, "it has never left");
        assert_eq!(phases(&store).await, dead);
        let code = done(&store, "purchase-orders --id 2 --as transform --json").await;
        assert_eq!(code.unwrap(), DONE);
        assert_eq!(
            phases(&store).await,
            [Phase::Dead, Phase::Superseded, Phase::Intent]
        );
        let code = done(&store, "purchase-orders --all --code other --as transform").await;
        assert_eq!(code.unwrap(), FAILED, "there is nothing to do");
    }

    #[tokio::test]
    async fn what_cannot_be_is_said() {
        let store = ledger().await;
        let unknown = done(&store, "invoices --all --as transform")
            .await
            .unwrap_err();
        assert!(
            unknown.to_string().contains("it has purchase-orders"),
            "{unknown}"
        );
        let nothing = done(&store, "purchase-orders --as transform").await;
        assert!(matches!(nothing, Err(ReplayError::Nothing)));
        let unread = done(
            &store,
            "purchase-orders --as fetch --from 2026-03-01T00:00Z",
        )
        .await;
        assert!(
            unread
                .unwrap_err()
                .to_string()
                .contains("has read nothing yet")
        );
    }

    #[test]
    fn every_example_of_the_help_can_be_typed() {
        let joined = crate::command::REPLAY_EXAMPLES.replace("\\\n", " ");
        let mut examples = 0;
        for line in joined
            .lines()
            .map(str::trim)
            .filter(|line| line.starts_with("peoplesoft-cleo"))
        {
            // A text in quotes is one word.
            let mut quoted = false;
            let line: String = line
                .chars()
                .map(|c| {
                    quoted ^= c == '\'';
                    if quoted && c == ' ' { '_' } else { c }
                })
                .collect();
            let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(!parsed(&line).why.is_empty());
            examples += 1;
        }
        assert_eq!(examples, 5);
    }
}
