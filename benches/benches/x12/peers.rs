//! Crates of others under permissive licences.

use std::hint::black_box;

use connector_benches::measure::{Bench, Work};
use connector_benches::x12::{Release, purchase_orders};
use x12_stream_parser::Delimiters;
use x12_types::util::Parser as _;
use x12_types::v005010::{_850, Transmission};

use super::{Files, SEED};

/// What no peer may give: it failed.
const FAILED: u64 = u64::MAX;

pub(super) fn add<'a>(bench: &mut Bench<'a>, files: &'a Files) {
    let bytes = files.bytes();
    let what = "segments and elements, delimiters given";
    bench.add(
        Work::new("peer/x12-stream-parser", what, bytes.len(), move || {
            stream_parser(black_box(bytes))
        })
        .giving(files.visited()),
    );
    let small = files.small.as_str();
    let sets = small.matches("ST*850*").count() as u64;
    let what = "typed 850 of 005010, one group";
    bench.add(
        Work::new("peer/x12-types", what, small.len(), move || {
            types(black_box(small))
        })
        .giving(sets),
    );
}

fn stream_parser(bytes: &[u8]) -> u64 {
    let mut sum = 0;
    for segment in x12_stream_parser::Parser::new(bytes, Delimiters::new(b'~', b'*', b'>')) {
        let Ok(segment) = segment else {
            return FAILED;
        };
        sum += segment.id().len();
        for element in segment.elements() {
            sum += element.len();
        }
    }
    sum as u64
}

fn types(text: &str) -> u64 {
    match Transmission::<_850>::parse(text) {
        Ok((_, transmission)) => transmission
            .functional_group
            .iter()
            .map(|group| black_box(group).segments.len() as u64)
            .sum(),
        Err(_) => FAILED,
    }
}

/// An interchange with one group: the only kind that `x12-types` reads.
pub(super) fn one_group(bytes: usize) -> String {
    let whole = purchase_orders(bytes, SEED, Release::R005010);
    let mut sets = 0;
    let mut out = String::with_capacity(whole.len());
    for segment in whole.split_terminator('~') {
        let repeated = sets > 0 && segment.starts_with("GS*");
        if repeated || segment.starts_with("GE*") {
            continue;
        }
        if segment.starts_with("ST*") {
            sets += 1;
        }
        if segment.starts_with("IEA*") {
            out.push_str(&format!("GE*{sets}*1~IEA*1*000000001~"));
            break;
        }
        out.push_str(segment);
        out.push('~');
    }
    out
}
