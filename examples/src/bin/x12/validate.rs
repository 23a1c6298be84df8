//! `x12 validate`.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use x12_edi::envelope::Event;
use x12_edi::finding::{Finding, Severity};

use super::checks::{Checks, Rules};
use super::console::{Console, FINE, FOUND, Failure};
use super::input::Input;

const EXAMPLES: &str = "\
Examples:
  x12 validate order.edi
  x12 validate --level strict --switch codes=off *.edi
  x12 validate --overlay acme-850.toml order.edi
  x12 validate --json order.edi | jq '.findings[] | select(.severity == \"error\")'

Exit codes: 0 nothing worse than a warning, 1 a finding of severity error, 2 a file that cannot be read";

/// The most findings of a file that JSON lists; the later ones are counted.
const MAX_LISTED: usize = 10_000;

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Write one JSON object a line for each file.
    #[arg(long)]
    json: bool,
    /// Leave the offending values out of the report.
    #[arg(long)]
    mask: bool,
    #[command(flatten)]
    checks: Checks,
    /// Files to read; `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

#[derive(Serialize)]
struct Report<'a> {
    file: &'a str,
    valid: bool,
    transaction_sets: u64,
    /// Sets whose content was checked, not their envelope alone.
    content_checked: u64,
    errors: u64,
    warnings: u64,
    findings: Vec<Finding>,
    further_findings: u64,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> u8 {
    let rules = match arguments.checks.rules() {
        Ok(rules) => rules,
        Err(error) => return console.failed("arguments", &error),
    };
    console.each(&arguments.files, |input, console| {
        validate(arguments, &rules, input, console)
    })
}

fn validate(
    arguments: &Arguments,
    rules: &Rules,
    input: Input,
    console: &mut Console,
) -> Result<u8, Failure> {
    let name = input.name.clone();
    let mut report = Report {
        file: &name,
        valid: true,
        transaction_sets: 0,
        content_checked: 0,
        errors: 0,
        warnings: 0,
        findings: Vec::new(),
        further_findings: 0,
    };
    let mut reader = rules.reader(input.stream);
    while let Some(event) = reader.next_event()? {
        let finding = match event {
            Event::Finding(finding) => *finding,
            Event::SetStart(..) => {
                report.transaction_sets += 1;
                report.content_checked += u64::from(reader.walker().is_some());
                continue;
            }
            _ => continue,
        };
        match finding.severity {
            Severity::Error => report.errors += 1,
            Severity::Warning => report.warnings += 1,
            _ => {}
        }
        let finding = if arguments.mask {
            finding.masked()
        } else {
            finding
        };
        if !arguments.json {
            writeln!(console.text, "{name}: {finding}")?;
        } else if report.findings.len() < MAX_LISTED {
            report.findings.push(finding);
        } else {
            report.further_findings += 1;
        }
    }
    report.further_findings += reader.dropped_findings();
    report.valid = report.errors == 0;
    if arguments.json {
        console.json(&report)?;
    } else {
        writeln!(
            console.text,
            "{name}: {} transaction sets, content of {} checked, {} errors, {} warnings",
            report.transaction_sets, report.content_checked, report.errors, report.warnings
        )?;
    }
    Ok(if report.valid { FINE } else { FOUND })
}
