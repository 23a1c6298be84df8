//! `x12 ack`.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::Serialize;
use x12_edi::Writer;
use x12_edi::acknowledge::{
    AcknowledgmentSet, ControlNumbers, Detail, GroupReport, GroupStatus, InterchangePolicy,
    InterchangeReport, InterchangeStatus, Options, Replier, answer,
};
use x12_edi::finding::Severity;
use x12_edi::value::{ControlNumber, Date, Time};

use super::checks::{Checks, Rules};
use super::console::{Console, FINE, FOUND, Failure};
use super::input::Input;

const EXAMPLES: &str = "\
Examples:
  x12 ack order.edi > 997.edi
  x12 ack --999 --level strict order.edi
  x12 ack --ta1 always --number 1017 --date 20240201 --time 0830 order.edi
  x12 ack --json order.edi | jq '.groups[].sets[] | select(.status != \"A\")'

Sets are checked as x12 validate does it. The reply swaps sender and receiver and takes over
delimiters and version. Groups of acknowledgments are not acknowledged.

Exit codes: 0 everything is accepted, 1 something is rejected, 2 a file that cannot be read";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Ta1 {
    /// When the sender asks for one.
    Requested,
    /// When the envelope is not in order.
    OnError,
    Always,
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Told {
    Every,
    Errors,
    Rejected,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum From {
    Error,
    Warning,
}

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Answer groups of 005010 and later with a 999.
    #[arg(long = "999")]
    implementation: bool,
    /// When to write a TA1.
    #[arg(long, value_enum, default_value = "requested", num_args = 0..=1, default_missing_value = "always", value_name = "WHEN")]
    ta1: Ta1,
    /// Which sets are told one by one.
    #[arg(long, value_enum, default_value = "every", value_name = "SETS")]
    detail: Told,
    /// From which severity on a finding rejects.
    #[arg(long, value_enum, default_value = "error", value_name = "SEVERITY")]
    reject: From,
    /// The first control number of interchange, group and set.
    #[arg(long, default_value_t = 1, value_name = "NUMBER")]
    number: u32,
    /// The first control number of the group, where it is another one.
    #[arg(long, value_name = "NUMBER")]
    group_number: Option<u32>,
    /// The first control number of the set, where it is another one.
    #[arg(long, value_name = "NUMBER")]
    set_number: Option<u32>,
    /// The date of the reply, CCYYMMDD; today unless given.
    #[arg(long, value_name = "DATE")]
    date: Option<String>,
    /// The time of the reply, HHMM; now unless given.
    #[arg(long, value_name = "TIME")]
    time: Option<String>,
    /// Leave the bad values out of the reply (AK404).
    #[arg(long)]
    no_values: bool,
    /// Write what is said as one JSON object a line for each interchange, not as X12.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    checks: Checks,
    /// Files to read; `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    interchange: String,
    sender: String,
    status: String,
    /// The TA1, where there is one.
    ta1: Option<String>,
    groups: Vec<&'a GroupReport>,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> u8 {
    let (rules, mut replier) = match arguments
        .checks
        .rules()
        .and_then(|rules| Ok((rules, replier(arguments)?)))
    {
        Ok(both) => both,
        Err(error) => return console.failed("arguments", &error),
    };
    let options = options(arguments);
    console.each(&arguments.files, |input, console| {
        acknowledge(arguments, &rules, &options, &mut replier, input, console)
    })
}

fn options(arguments: &Arguments) -> Options {
    Options::default()
        .with_set(if arguments.implementation {
            AcknowledgmentSet::Implementation
        } else {
            AcknowledgmentSet::Functional
        })
        .with_detail(match arguments.detail {
            Told::Every => Detail::EverySet,
            Told::Errors => Detail::SetsWithErrors,
            Told::Rejected => Detail::RejectedSets,
        })
        .with_interchange(match arguments.ta1 {
            Ta1::Requested => InterchangePolicy::WhenRequested,
            Ta1::OnError => InterchangePolicy::OnError,
            Ta1::Always => InterchangePolicy::Always,
            Ta1::Never => InterchangePolicy::Never,
        })
        .with_rejection(match arguments.reject {
            From::Error => Severity::Error,
            From::Warning => Severity::Warning,
        })
        .with_values(!arguments.no_values)
}

fn replier(arguments: &Arguments) -> Result<Replier, Failure> {
    let now = jiff::Zoned::now();
    let date = match &arguments.date {
        Some(text) => Date::parse(text.as_bytes())
            .ok_or_else(|| format!("--date {text}: write CCYYMMDD, such as 20240131"))?,
        None => Date::new(now.year(), now.month(), now.day())?,
    };
    let time = match &arguments.time {
        Some(text) => Time::parse(text.as_bytes())
            .ok_or_else(|| format!("--time {text}: write HHMM, such as 0830"))?,
        None => Time::new(now.hour().unsigned_abs(), now.minute().unsigned_abs())?,
    };
    let number = |own: Option<u32>| ControlNumber::new(own.unwrap_or(arguments.number));
    let numbers = ControlNumbers::new(
        number(None)?,
        number(arguments.group_number)?,
        number(arguments.set_number)?,
    );
    Ok(Replier::new(numbers, date, time))
}

fn acknowledge(
    arguments: &Arguments,
    rules: &Rules,
    options: &Options,
    replier: &mut Replier,
    input: Input,
    console: &mut Console,
) -> Result<u8, Failure> {
    let name = input.name;
    let mut lines = Vec::new();
    let mut code = FINE;
    let events = rules.reader(input.stream);
    let mut count = 0;
    let mut seen = |report: InterchangeReport| -> serde_json::Result<()> {
        count += 1;
        if is_rejected(&report) {
            code = FOUND;
        }
        if arguments.json {
            serde_json::to_writer(&mut lines, &line(&name, &report))?;
            lines.push(b'\n');
        }
        Ok(())
    };
    let mut told = Ok(());
    let mut note = |report| {
        if let Err(error) = seen(report) {
            told = Err(error);
        }
    };
    if arguments.json {
        let mut writer = Writer::new(std::io::sink());
        answer(events, options, replier, &mut writer, &mut note)?;
        writer.finish()?;
    } else {
        let mut writer = Writer::new(console.bytes());
        answer(events, options, replier, &mut writer, &mut note)?;
        writer.finish()?.flush()?;
    }
    told?;
    if count == 0 {
        console.note(&format!("{name}: there is no interchange to answer"));
        code = FOUND;
    }
    console.bytes().write_all(&lines)?;
    Ok(code)
}

fn is_rejected(report: &InterchangeReport) -> bool {
    report.status == InterchangeStatus::Rejected
        || report.groups.iter().any(|group| {
            let status = &group.report.status;
            !status.is_accepted() || *status == GroupStatus::PartiallyAccepted
        })
}

fn line<'a>(file: &'a str, report: &'a InterchangeReport) -> Line<'a> {
    let header = &report.header;
    Line {
        file,
        interchange: header
            .control_number
            .map_or("?".to_owned(), |number| number.to_padded()),
        sender: header.sender.to_string(),
        status: report.status.to_string(),
        ta1: report
            .acknowledgment
            .as_ref()
            .map(|ta1| ta1.to_segment().to_string()),
        groups: report.groups.iter().map(|group| &group.report).collect(),
    }
}
