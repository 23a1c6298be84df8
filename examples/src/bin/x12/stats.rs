//! `x12 stats`.

use std::io::Write;

use serde::Serialize;
use x12_edi::EnvelopeReader;
use x12_edi::finding::Severity;
use x12_edi::stats::Statistics;

use super::input::Input;
use crate::Failure;

#[derive(Serialize)]
struct FileStatistics<'a> {
    file: &'a str,
    #[serde(flatten)]
    statistics: &'a Statistics,
}

/// Counts what is in a file.
pub(crate) fn stats(
    input: Input,
    out: &mut dyn Write,
    json: bool,
) -> Result<Option<Severity>, Failure> {
    let statistics = Statistics::collect(EnvelopeReader::new(input.stream))?;
    let worst = statistics
        .findings
        .iter()
        .map(|finding| finding.severity)
        .max();
    if json {
        let report = FileStatistics {
            file: &input.name,
            statistics: &statistics,
        };
        serde_json::to_writer(&mut *out, &report)?;
        writeln!(out)?;
        return Ok(worst);
    }
    let Statistics {
        interchanges,
        groups,
        transaction_sets,
        segments,
        ..
    } = &statistics;
    writeln!(out, "{}", input.name)?;
    writeln!(
        out,
        "  {interchanges} interchanges, {groups} groups, {transaction_sets} transaction sets, \
         {segments} segments"
    )?;
    for interchange in &statistics.interchange_details {
        let number = interchange
            .control_number
            .map_or("?".to_owned(), |n| n.to_string());
        writeln!(
            out,
            "  interchange {number} from {} to {}, version {}: {} segments",
            interchange.sender, interchange.receiver, interchange.version, interchange.segments
        )?;
        for group in &interchange.groups {
            let number = group
                .control_number
                .map_or("?".to_owned(), |n| n.to_string());
            let sets: Vec<_> = group
                .transaction_sets
                .iter()
                .map(|(code, count)| format!("{count} × {code}"))
                .collect();
            writeln!(
                out,
                "    group {} {number}, release {}: {}",
                group.functional_id,
                group.version,
                sets.join(", ")
            )?;
        }
    }
    let ids: Vec<_> = statistics
        .segment_ids
        .iter()
        .map(|(id, count)| format!("{id} {count}"))
        .collect();
    if !ids.is_empty() {
        writeln!(out, "  {}", ids.join(", ").escape_debug())?;
    }
    for finding in &statistics.findings {
        writeln!(out, "  {finding}")?;
    }
    if statistics.further_findings > 0 {
        writeln!(
            out,
            "  and {} further findings",
            statistics.further_findings
        )?;
    }
    Ok(worst)
}
