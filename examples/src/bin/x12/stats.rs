//! `x12 stats`.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use x12_edi::EnvelopeReader;
use x12_edi::finding::Severity;
use x12_edi::label;
use x12_edi::stats::Statistics;

use super::checks::{Checks, Rules};
use super::console::{Console, FINE, FOUND, Failure};
use super::input::Input;

const EXAMPLES: &str = "\
Examples:
  x12 stats order.edi
  x12 stats --json *.edi | jq '{file, transaction_sets, problems: (.findings | length)}'
  x12 stats --level lenient order.edi     with what is wrong in the content of sets

Exit codes: 0 nothing worse than a warning, 1 a finding of severity error, 2 a file that cannot be read";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Write one JSON object a line for each file: interchanges, groups, transaction_sets,
    /// segments, findings and more.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    checks: Checks,
    /// Files to read; `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

#[derive(Serialize)]
struct FileStatistics<'a> {
    file: &'a str,
    #[serde(flatten)]
    statistics: &'a Statistics,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> u8 {
    let rules = match arguments
        .checks
        .are_given()
        .then(|| arguments.checks.rules())
        .transpose()
    {
        Ok(rules) => rules,
        Err(error) => return console.failed("arguments", &error),
    };
    console.each(&arguments.files, |input, console| {
        stats(arguments.json, rules.as_ref(), input, console)
    })
}

fn stats(
    json: bool,
    rules: Option<&Rules>,
    input: Input,
    console: &mut Console,
) -> Result<u8, Failure> {
    let name = input.name;
    let statistics = match rules {
        Some(rules) => Statistics::collect(rules.reader(input.stream))?,
        None => Statistics::collect(EnvelopeReader::new(input.stream))?,
    };
    let is_error = |finding: &x12_edi::finding::Finding| finding.severity == Severity::Error;
    let code = if statistics.findings.iter().any(is_error) {
        FOUND
    } else {
        FINE
    };
    if json {
        let report = FileStatistics {
            file: &name,
            statistics: &statistics,
        };
        console.json(&report)?;
        return Ok(code);
    }
    text(&name, &statistics, &mut console.text)?;
    Ok(code)
}

fn text(name: &str, statistics: &Statistics, out: &mut impl Write) -> Result<(), Failure> {
    writeln!(out, "{name}")?;
    writeln!(
        out,
        "  {} interchanges, {} groups, {} transaction sets, {} segments",
        statistics.interchanges,
        statistics.groups,
        statistics.transaction_sets,
        statistics.segments
    )?;
    let number = |number: Option<u32>| number.map_or("?".to_owned(), |n| n.to_string());
    for interchange in &statistics.interchange_details {
        writeln!(
            out,
            "  interchange {} from {} to {}, version {}: {} segments",
            number(interchange.control_number),
            interchange.sender.escape_debug(),
            interchange.receiver.escape_debug(),
            interchange.version.escape_debug(),
            interchange.segments
        )?;
        for group in &interchange.groups {
            let sets: Vec<_> = group
                .transaction_sets
                .iter()
                .map(|(code, count)| match label::set(code) {
                    Some(words) => format!("{count} × {code} {words}"),
                    None => format!("{count} × {}", code.escape_debug()),
                })
                .collect();
            writeln!(
                out,
                "    group {} {}, release {}: {}",
                group.functional_id.escape_debug(),
                number(group.control_number),
                group.version.escape_debug(),
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
    Ok(())
}
