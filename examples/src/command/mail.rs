//! The second half of `demo`: the suppliers answer, and what they send comes in.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use sync_core::Observer;
use sync_core::delivery::Phase;
use sync_core::engine::Report;
use sync_core::store::DocumentFilter;

use super::demo::DemoError;
use crate::flow::inbound::{
    self, functional_acknowledgments, notices, order_acknowledgments, vouchers,
};
use crate::integration::Integration;
use crate::simulation::{Doubles, Mail};

/// What came of the suppliers' answers.
#[derive(Debug, Default, Serialize)]
pub(super) struct Answered {
    /// What they sent.
    mail: Mail,
    /// Vouchers that PeopleSoft has built.
    vouchers_built: usize,
    /// Answers to orders that PeopleSoft has loaded.
    answers_loaded: usize,
    /// Documents of ours that their receivers have acknowledged.
    acknowledged: u64,
    /// Functional acknowledgments of ours that Cleo has taken.
    acknowledgments_sent: u64,
    /// What waits for a person, by code.
    held: BTreeMap<String, usize>,
    /// What was given up, by code.
    rejected: BTreeMap<String, usize>,
    /// How long all of it took.
    seconds: f64,
}

/// Has the suppliers answer, takes their files in, lets PeopleSoft's batch programs run, and asks what became of it.
pub(super) async fn answer(
    integration: &Integration,
    doubles: &Doubles,
    dir: &Path,
    seed: u64,
    observer: Arc<dyn Observer>,
) -> Result<(Answered, Vec<Report>), DemoError> {
    let began = integration.clock().mono();
    let mail = doubles.suppliers_answer(dir, seed)?;
    let engine = integration.engine(observer);
    let mut reports = Vec::new();
    for jobs in integration.inbound_stages(None) {
        reports.extend(engine.run_once(&jobs).await);
    }
    doubles.peoplesoft.run_batches();
    // Asks what became of the vouchers.
    for jobs in integration.inbound_stages(Some(vouchers::NAME)) {
        reports.extend(engine.run_once(&jobs).await);
    }
    let mut answered = Answered {
        mail,
        vouchers_built: doubles.peoplesoft.built_vouchers().len(),
        answers_loaded: doubles.peoplesoft.loaded_acknowledgements().len(),
        ..Answered::default()
    };
    for flow in ["purchase-orders", "invoices"] {
        let counts = integration
            .store()
            .counts(&integration.stream(flow))
            .await?;
        answered.acknowledged += counts.of(Phase::Acknowledged);
    }
    let own = integration.stream(functional_acknowledgments::NAME);
    let counts = integration.store().counts(&own).await?;
    answered.acknowledgments_sent = counts.of(Phase::Confirmed) + counts.of(Phase::Acknowledged);
    let flows = [
        inbound::NAME,
        vouchers::NAME,
        order_acknowledgments::NAME,
        notices::NAME,
        functional_acknowledgments::NAME,
    ];
    for flow in flows {
        for phase in [Phase::Held, Phase::Dead] {
            let filter = DocumentFilter {
                phases: vec![phase],
                ..DocumentFilter::default()
            };
            let stream = integration.stream(flow);
            for doc in integration.store().documents(&stream, &filter).await? {
                let code = doc
                    .stop
                    .map_or_else(String::new, |stop| stop.code.to_string());
                let of = match phase {
                    Phase::Held => &mut answered.held,
                    _ => &mut answered.rejected,
                };
                *of.entry(code).or_default() += 1;
            }
        }
    }
    let took: Duration = integration.clock().mono().saturating_sub(began);
    answered.seconds = took.as_secs_f64();
    Ok((answered, reports))
}

impl fmt::Display for Answered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Mail {
            files,
            acknowledgments,
            answers,
            invoices,
            ..
        } = self.mail;
        writeln!(
            f,
            "Suppliers sent {files} files: {invoices} invoices, {answers} answers to orders, {acknowledgments} \
             acknowledgments. Of these came"
        )?;
        writeln!(
            f,
            "  {} vouchers that PeopleSoft has built, {} answers that it has loaded,",
            self.vouchers_built, self.answers_loaded
        )?;
        writeln!(
            f,
            "  {} documents of ours that are acknowledged, {} acknowledgments to suppliers ({:.1} s).",
            self.acknowledged, self.acknowledgments_sent, self.seconds
        )?;
        let told = |counts: &BTreeMap<String, usize>| {
            let told: Vec<_> = counts
                .iter()
                .map(|(code, count)| format!("{code} {count}"))
                .collect();
            if told.is_empty() {
                "nothing".to_owned()
            } else {
                told.join(", ")
            }
        };
        writeln!(f, "  Waits for a person: {}", told(&self.held))?;
        write!(f, "  Given up: {}", told(&self.rejected))
    }
}
