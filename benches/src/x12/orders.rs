//! The sets, one by one.

use std::fmt::Write as _;

/// Sets in one functional group.
const SETS_IN_A_GROUP: usize = 1000;

/// The release of the standard under which orders are generated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Release {
    /// 004010.
    R004010,
    /// 005010.
    R005010,
}

impl Release {
    fn interchange_version(self) -> &'static str {
        match self {
            Self::R004010 => "U*00401",
            Self::R005010 => "^*00501",
        }
    }

    fn group_version(self) -> &'static str {
        match self {
            Self::R004010 => "004010",
            Self::R005010 => "005010",
        }
    }
}

const WORDS: [&str; 12] = [
    "BOLT", "HEX", "STEEL", "ZINC", "PLATED", "GRADE 8", "WASHER", "FLAT", "M10", "BEARING",
    "SEALED", "HOUSING",
];

const CITIES: [(&str, &str, &str); 6] = [
    ("AKRON", "OH", "44301"),
    ("PLEASANTON", "CA", "94588"),
    ("ROCKFORD", "IL", "61101"),
    ("GRAND RAPIDS", "MI", "49503"),
    ("ERIE", "PA", "16501"),
    ("TULSA", "OK", "74103"),
];

fn text(random: &mut fastrand::Rng, words: usize, out: &mut String) {
    for index in 0..words {
        if index > 0 {
            out.push(' ');
        }
        out.push_str(random.choice(WORDS).unwrap_or("BOLT"));
    }
}

/// One set with five lines: thirty segments, about 920 bytes.
fn set(random: &mut fastrand::Rng, number: usize, out: &mut String) {
    let order = random.u32(..);
    let day = random.u8(1..=28);
    let (city, state, zip) = random.choice(CITIES).unwrap_or(("ERIE", "PA", "16501"));
    // Writing into a `String` cannot fail.
    let _ = write!(
        out,
        "ST*850*{number:04}~BEG*00*SA*US001-{order:010}**202401{day:02}~CUR*BY*USD~\
         REF*DP*{:03}~PER*BD*JANE Q BUYER*TE*3305551234~FOB*PP*DE~ITD*08*3*2**10**30~\
         DTM*002*202402{day:02}~N1*BY*ALPHA MANUFACTURING INC*92*US001~\
         N1*ST*PLANT {}*92*{:05}~N3*{} SOUTH MAIN STREET~N4*{city}*{state}*{zip}*US~",
        random.u16(..1000),
        random.u8(..),
        random.u16(..),
        random.u16(..9999),
    );
    for line in 1..=5 {
        let _ = write!(
            out,
            "PO1*{line}*{}*EA*{}.{:02}**VN*{}{:05}-{:05}*BP*{:012}~PID*F****",
            random.u16(1..5000),
            random.u16(1..900),
            random.u8(..100),
            random.alphabetic().to_ascii_uppercase(),
            random.u32(..99_999),
            random.u32(..99_999),
            random.u32(..),
        );
        text(random, 5, out);
        let _ = write!(out, "~SCH*{}*EA***002*202402{day:02}~", random.u16(1..5000));
    }
    let _ = write!(
        out,
        "CTT*5~AMT*TT*{}.50~SE*30*{number:04}~",
        random.u32(..99_999)
    );
}

/// Generates one interchange, a piece at a time; the same seed gives the same bytes.
#[derive(Debug)]
pub(super) struct Orders {
    random: fastrand::Rng,
    release: Release,
    bytes: usize,
    made: usize,
    groups: usize,
    /// Sets of the open group; `None` outside one.
    sets: Option<usize>,
    begun: bool,
    ended: bool,
}

impl Orders {
    pub(super) fn new(bytes: usize, seed: u64, release: Release) -> Self {
        Self {
            random: fastrand::Rng::with_seed(seed),
            release,
            bytes,
            made: 0,
            groups: 0,
            sets: None,
            begun: false,
            ended: false,
        }
    }

    /// Appends a header, a trailer or a set; `false` when all is told.
    pub(super) fn next(&mut self, out: &mut String) -> bool {
        let before = out.len();
        let full = self.made >= self.bytes;
        match self.sets {
            _ if self.ended => return false,
            None if !self.begun => {
                self.begun = true;
                let version = self.release.interchange_version();
                let _ = write!(
                    out,
                    "ISA*00*          *00*          *ZZ*ALPHA          *01*123456789      \
                     *240131*1430*{version}*000000001*0*P*>~"
                );
            }
            None if full => {
                self.ended = true;
                let _ = write!(out, "IEA*{}*000000001~", self.groups);
            }
            None => {
                self.groups += 1;
                self.sets = Some(0);
                let (group, version) = (self.groups, self.release.group_version());
                let _ = write!(out, "GS*PO*ALPHA*BRAVO*20240131*1430*{group}*X*{version}~");
            }
            Some(sets) if full || sets == SETS_IN_A_GROUP => {
                self.sets = None;
                let _ = write!(out, "GE*{sets}*{}~", self.groups);
            }
            Some(sets) => {
                self.sets = Some(sets + 1);
                set(&mut self.random, sets + 1, out);
            }
        }
        self.made += out.len() - before;
        true
    }
}

/// One interchange of orders with at least so many bytes; the same seed gives the same bytes.
#[must_use]
pub fn purchase_orders(bytes: usize, seed: u64, release: Release) -> String {
    let mut orders = Orders::new(bytes, seed, release);
    let mut out = String::with_capacity(bytes + 2048);
    while orders.next(&mut out) {}
    out
}
