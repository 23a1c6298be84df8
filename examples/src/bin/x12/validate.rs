//! `x12 validate`.

use std::io::Write;

use serde::Serialize;
use x12_edi::document::invoice::Invoice;
use x12_edi::document::purchase_order::PurchaseOrder;
use x12_edi::finding::{Finding, Severity};
use x12_edi::{TransactionSet, TransactionSets};

use super::input::Input;
use crate::Failure;

#[derive(Serialize)]
struct FileReport<'a> {
    file: &'a str,
    valid: bool,
    transaction_sets: u64,
    /// Sets whose content was checked, not their envelope alone.
    content_checked: u64,
    errors: usize,
    warnings: usize,
    findings: &'a [Finding],
}

/// What the content of a set breaks; `None` for sets and releases that have no typed document.
fn content(set: &TransactionSet) -> Option<Vec<Finding>> {
    let release = set
        .group()
        .map(|group| group.version.as_str())
        .unwrap_or_default();
    match set.code() {
        _ if !release.starts_with("004010") => None,
        PurchaseOrder::CODE => Some(PurchaseOrder::parse(set).findings),
        Invoice::CODE => Some(Invoice::parse(set).findings),
        _ => None,
    }
}

/// Reports what is wrong with a file.
pub(crate) fn validate(
    input: Input,
    out: &mut dyn Write,
    json: bool,
) -> Result<Option<Severity>, Failure> {
    let mut sets = TransactionSets::new(input.stream);
    let mut findings = Vec::new();
    let (mut transaction_sets, mut content_checked) = (0, 0);
    while let Some(set) = sets.next_set()? {
        transaction_sets += 1;
        findings.extend_from_slice(set.findings());
        if let Some(found) = content(set) {
            content_checked += 1;
            findings.extend(found);
        }
        findings.append(&mut sets.take_findings());
    }
    findings.append(&mut sets.take_findings());
    findings.sort_by_key(|finding| finding.location.offset);
    let worst = findings.iter().map(|finding| finding.severity).max();
    let count = |severity| {
        findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    };
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    if json {
        let report = FileReport {
            file: &input.name,
            valid: errors == 0,
            transaction_sets,
            content_checked,
            errors,
            warnings,
            findings: &findings,
        };
        serde_json::to_writer(&mut *out, &report)?;
        writeln!(out)?;
        return Ok(worst);
    }
    for finding in &findings {
        writeln!(out, "{}: {finding}", input.name)?;
    }
    writeln!(
        out,
        "{}: {transaction_sets} transaction sets, content of {content_checked} checked, \
         {errors} errors, {warnings} warnings",
        input.name
    )?;
    Ok(worst)
}
