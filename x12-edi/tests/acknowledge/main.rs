//! Acknowledgments: made from findings, written, read back and reconciled.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod damaged;
mod documents;
mod generate;
mod interchange;
mod reconcile;
mod validated;

use x12_edi::acknowledge::{Answer, ControlNumbers, Options, Replier, functional};
use x12_edi::validate::{Check, Switches};
use x12_edi::value::{ControlNumber, Date, Time};

/// An interchange around `content`; `*` elements, `:` components, `~` segments.
fn interchange(version: &str, content: &str) -> String {
    let repetition = if version >= "00402" { '^' } else { 'U' };
    let groups = content.matches("GS*").count();
    format!(
        "ISA*00*          *00*          *ZZ*SENDER         *01*RECEIVER       *240131*1430*{repetition}*{version}*000000905*0*T*:~{content}IEA*{groups}*000000905~"
    )
}

/// A group of 850s; each item is what stands between ST and SE.
fn orders(version: &str, sets: &[&str]) -> String {
    let mut group = format!("GS*PO*APPSEND*APPRECV*20240131*1430*77*X*{version}~");
    for (index, content) in sets.iter().enumerate() {
        let number = index + 1;
        let count = content.matches('~').count() + 2;
        group.push_str(&format!(
            "ST*850*{number:04}~{content}SE*{count}*{number:04}~"
        ));
    }
    group.push_str(&format!("GE*{}*77~", sets.len()));
    group
}

fn numbers() -> Replier {
    let number = |n| ControlNumber::new(n).unwrap();
    Replier::new(
        ControlNumbers::new(number(31), number(41), number(1)),
        Date::new(2024, 2, 1).unwrap(),
        Time::new(9, 15).unwrap(),
    )
}

/// Nothing but the envelope is checked.
fn envelope() -> Switches {
    let mut switches = Switches::standard().without_structure().without_elements();
    switches.unknown_sets = Check::Off;
    switches
}

fn answer(input: &str, options: &Options) -> Answer {
    functional(input.as_bytes(), envelope(), options, &mut numbers()).unwrap()
}

/// The reply, one segment a line, from the first segment of `from` to before the first of `to`.
fn between(answer: &Answer, from: &str, to: &str) -> Vec<String> {
    let text = std::str::from_utf8(&answer.bytes).unwrap();
    text.split('~')
        .skip_while(|segment| !segment.starts_with(from))
        .take_while(|segment| !segment.starts_with(to))
        .map(str::to_owned)
        .collect()
}
