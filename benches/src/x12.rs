//! Purchase orders as a large buyer sends them: thirty segments a set, one set after another.

use std::fmt::Write as _;

/// How much is generated unless told otherwise: 8 MB.
pub const DEFAULT_BYTES: usize = 8_000_000;

/// Sets in one functional group.
const SETS_IN_A_GROUP: usize = 1000;

const WORDS: [&str; 12] = [
    "BOLT", "HEX", "STEEL", "ZINC", "PLATED", "GRADE 8", "WASHER", "FLAT", "M10", "BEARING",
    "SEALED", "HOUSING",
];

fn header(interchange: usize) -> String {
    format!(
        "ISA*00*          *00*          *ZZ*ALPHA          *01*123456789      \
         *240131*1430*U*00401*{interchange:09}*0*P*>~"
    )
}

fn text(random: &mut fastrand::Rng, words: usize) -> String {
    let mut text = String::new();
    for index in 0..words {
        if index > 0 {
            text.push(' ');
        }
        text.push_str(random.choice(WORDS).unwrap_or("BOLT"));
    }
    text
}

/// One set with five lines: thirty segments, about nine hundred bytes.
fn set(random: &mut fastrand::Rng, number: usize, out: &mut String) {
    let order = random.u32(..);
    let day = random.u8(1..=28);
    // Writing into a `String` cannot fail.
    let _ = write!(
        out,
        "ST*850*{number:04}~BEG*00*SA*{order:010}**202401{day:02}~CUR*BY*USD~REF*DP*{:03}~\
         PER*BD*JANE BUYER*TE*5551234~FOB*PP*DE~ITD*08*3*2**10**30~DTM*002*202402{day:02}~\
         N1*ST*PLANT {}*92*{:05}~N3*{} MAIN STREET~N4*AKRON*OH*44301~",
        random.u16(..1000),
        random.u8(..),
        random.u16(..),
        random.u16(..9999),
    );
    for line in 1..=5 {
        let _ = write!(
            out,
            "PO1*{line}*{}*EA*{}.{:02}**VN*{}-{}*BP*{:08}~PID*F****{}~\
             SCH*{}*EA***002*202402{day:02}~",
            random.u16(1..5000),
            random.u16(1..900),
            random.u8(..100),
            random.alphabetic().to_ascii_uppercase(),
            random.u32(..99_999),
            random.u32(..99_999_999),
            text(random, 4),
            random.u16(1..5000),
        );
    }
    let _ = write!(
        out,
        "CTT*5~AMT*TT*{}.50~SE*29*{number:04}~",
        random.u32(..99_999)
    );
}

/// One interchange of orders with at least so many bytes; the same seed gives the same bytes.
#[must_use]
pub fn purchase_orders(bytes: usize, seed: u64) -> String {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut out = header(1);
    let mut groups = 0;
    while out.len() < bytes {
        groups += 1;
        let _ = write!(out, "GS*PO*ALPHA*BRAVO*20240131*1430*{groups}*X*004010~");
        let mut sets = 0;
        while sets < SETS_IN_A_GROUP && out.len() < bytes {
            sets += 1;
            set(&mut random, sets, &mut out);
        }
        let _ = write!(out, "GE*{sets}*{groups}~");
    }
    let _ = write!(out, "IEA*{groups}*000000001~");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generated_orders_are_sound() {
        let file = purchase_orders(200_000, 1);
        assert_eq!(file, purchase_orders(200_000, 1));
        let read = x12_edi::parse(file.as_bytes());
        assert_eq!(read.all_findings().count(), 0);
        assert!(read.sets.len() > 100);
        for set in &read.sets {
            let parsed = x12_edi::document::purchase_order::PurchaseOrder::parse(set);
            assert!(parsed.findings.is_empty(), "{:?}", parsed.findings);
            assert_eq!(parsed.document.lines.len(), 5);
        }
    }
}
