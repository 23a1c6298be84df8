//! Names for suppliers, goods and people that nobody has to recognise.

use fastrand::Rng;
use peoplesoft_client::model::PostalAddress;

const TOWNS: [(&str, &str, &str); 12] = [
    ("Ashford", "OH", "44805"),
    ("Brockton", "MI", "48901"),
    ("Clearwater", "IN", "46204"),
    ("Dunmore", "PA", "18512"),
    ("Eastvale", "IL", "60601"),
    ("Fairmont", "WI", "53202"),
    ("Glenwood", "IA", "50309"),
    ("Harlow", "MO", "63101"),
    ("Ironwood", "KY", "40202"),
    ("Juniper", "TN", "37203"),
    ("Kingsley", "NC", "28202"),
    ("Lakeside", "GA", "30303"),
];

const TRADES: [&str; 12] = [
    "BOLT", "GASKET", "BEARING", "VALVE", "CABLE", "PAPER", "PAINT", "STEEL", "LABEL", "PUMP",
    "FILTER", "TOOL",
];

const KINDS: [&str; 6] = [
    "WORKS",
    "SUPPLY",
    "MANUFACTURING",
    "TRADING",
    "INDUSTRIES",
    "PARTS",
];

const GOODS: [(&str, &str); 12] = [
    ("HEX BOLT M8 ZINC", "EA"),
    ("GASKET FLAT 50MM", "EA"),
    ("BALL BEARING 6204", "EA"),
    ("GATE VALVE DN25", "EA"),
    ("CABLE 3X1.5 PER METER", "MTR"),
    ("COPY PAPER A4 80G", "CS"),
    ("PAINT GREY", "GAL"),
    ("SHEET STEEL 2MM", "KG"),
    ("LABEL 100X50 ROLL", "RL"),
    ("PUMP SEAL KIT", "KIT"),
    ("AIR FILTER H13", "BX"),
    ("DRILL 6MM HSS", "PK"),
];

const PEOPLE: [&str; 8] = [
    "A MARTIN",
    "B KOWALSKI",
    "C OKAFOR",
    "D LINDQVIST",
    "E MORALES",
    "F TANAKA",
    "G BAUER",
    "H NOVAK",
];

/// An address somewhere.
pub(super) fn address(rng: &mut Rng, name: impl Into<String>, street: &str) -> PostalAddress {
    let (town, state, postal) = rng.choice(TOWNS).unwrap_or(("Ashford", "OH", "44805"));
    let mut address = PostalAddress::named(name);
    address.address1 = Some(format!("{} {street}", rng.u16(1..999)));
    address.city = Some(town.to_uppercase());
    address.state = Some(state.to_owned());
    address.postal = Some(postal.to_owned());
    address.country = Some("USA".to_owned());
    address
}

/// The name of the supplier with that number.
pub(super) fn company(number: usize) -> String {
    let pick =
        |list: &[&'static str], by: usize| list.get(by % list.len()).copied().unwrap_or_default();
    let (trade, kind) = (
        pick(&TRADES, number),
        pick(&KINDS, number / TRADES.len() + number),
    );
    format!("{trade} {kind} {number:03}")
}

/// A description and its unit of measure in PeopleSoft.
pub(super) fn goods(rng: &mut Rng) -> (&'static str, &'static str) {
    rng.choice(GOODS).unwrap_or(("HEX BOLT M8 ZINC", "EA"))
}

/// A buyer's name.
pub(super) fn person(number: usize) -> &'static str {
    PEOPLE
        .get(number % PEOPLE.len())
        .copied()
        .unwrap_or("A MARTIN")
}
