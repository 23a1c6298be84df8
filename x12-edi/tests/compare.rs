//! What differs between two files, and what makes no difference.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use x12_edi::compare::{Change, Options, compare};

const FILE: &str = "ISA*00*          *00*          *ZZ*BUYER          *ZZ*SELLER         *240131*1430*U*00401*000000007*0*T*>~
GS*PO*BUYER*SELLER*20240131*1430*7*X*004010~
ST*850*0001~
BEG*00*SA*4711**20240131~
REF*DP*099~
REF*IV*7~
PO1*1*10*EA*12.5**VN*AB-1~
PID*F****Bolt~
PO1*2*5*EA*3**VN*AB-2~
CTT*2~
SE*9*0001~
ST*850*0002~
BEG*00*SA*4712**20240131~
PO1*1*1*EA*1**VN*AB-3~
CTT*1~
SE*5*0002~
GE*2*7~
IEA*1*000000007~
";

fn told(left: &str, right: &str, options: &Options) -> Vec<String> {
    let report = compare(left.as_bytes(), right.as_bytes(), options).expect("memory does not fail");
    assert_eq!(report.same, report.differences.is_empty());
    report.differences.iter().map(ToString::to_string).collect()
}

fn plain(right: &str) -> Vec<String> {
    told(FILE, right, &Options::new())
}

#[test]
fn form_makes_no_difference() {
    for right in [
        FILE.replace("~\n", "~"),
        FILE.replace('*', "|").replace('~', "!").replace('>', ":"),
        FILE.replace("*12.5*", "*012.500*")
            .replace("CTT*2~", "CTT*2**~"),
        FILE.replace("Bolt~", "Bolt   ~"),
        FILE.replace("000000007", "000000008")
            .replace("*7*X", "*9*X")
            .replace("GE*2*7", "GE*2*9"),
        FILE.replace("*0001~", "*0501~")
            .replace("*240131*", "*240201*"),
        format!("\u{feff}\n{FILE}"),
    ] {
        assert_eq!(plain(&right), [""; 0], "{right}");
    }
}

#[test]
fn control_numbers_count_when_asked_for() {
    let right = FILE.replace("000000007", "000000008");
    let told = told(FILE, &right, &Options::new().with_envelope_numbers(true));
    assert_eq!(
        told,
        ["~ ISA13 (control number): `000000007` → `000000008`, line 1 / 1"]
    );
}

#[test]
fn elements_are_told_with_their_loop() {
    assert_eq!(
        plain(&FILE.replace("*3**VN", "*3.10**VN")),
        ["~ 850 0001 PO1[2] PO104 (unit price): `3` → `3.1`, line 9 / 9"]
    );
    assert_eq!(
        plain(&FILE.replace("*Bolt~", "*Nut~")),
        ["~ 850 0001 PO1[1]/PID[1] PID05 (text): `Bolt` → `Nut`, line 8 / 8"]
    );
    assert_eq!(
        told(
            FILE,
            &FILE.replace("*Bolt~", "*Nut~"),
            &Options::new().without("PID05")
        ),
        [""; 0]
    );
    assert_eq!(
        told(
            FILE,
            &FILE.replace("REF*DP*099~", "REF*DP*1~"),
            &Options::new().without("REF")
        ),
        [""; 0]
    );
}

#[test]
fn segments_loops_and_sets_come_and_go() {
    assert_eq!(
        plain(&FILE.replace("REF*DP*099~\n", "")),
        ["- 850 0001 REF (reference): `REF*DP*099`, line 5"]
    );
    assert_eq!(
        plain(&FILE.replace("PO1*1*10*EA*12.5**VN*AB-1~\nPID*F****Bolt~\n", "")),
        ["- 850 0001 PO1 (order line): `PO1*1*10*EA*12.5**VN*AB-1 (loop of 2 segments)`, line 7"]
    );
    let second = FILE.find("ST*850*0002").expect("there");
    let end = FILE.find("GE*2*7").expect("there");
    let set = FILE.get(second..end).expect("in order");
    let without = FILE.replace(set, "");
    assert_eq!(
        plain(&without),
        ["- 850 0002 ST (purchase order): `transaction set of 5 segments`, line 12"]
    );
    let report = compare(without.as_bytes(), FILE.as_bytes(), &Options::new()).expect("memory");
    assert_eq!((report.left_sets, report.right_sets), (1, 2));
    assert_eq!(
        report.differences.first().map(|d| d.change),
        Some(Change::Added)
    );
}

#[test]
fn a_set_that_is_left_out_does_not_shift_the_others() {
    let first = FILE.find("ST*850*0001").expect("there");
    let second = FILE.find("ST*850*0002").expect("there");
    let right = FILE
        .replace(FILE.get(first..second).expect("in order"), "")
        .replace("*1**VN*AB-3", "*2**VN*AB-3");
    assert_eq!(
        plain(&right),
        [
            "- 850 0001 ST (purchase order): `transaction set of 9 segments`, line 3",
            "~ 850 0002 PO1[1] PO104 (unit price): `1` → `2`, line 14 / 5",
        ]
    );
}

proptest! {
    #[test]
    fn any_two_inputs_can_be_compared(a in proptest::collection::vec(any::<u8>(), 0..60), at in 0_usize..600) {
        let mut other = FILE.as_bytes().to_vec();
        let at = at.min(other.len());
        other.splice(at..at, a.iter().copied());
        let there = compare(FILE.as_bytes(), &other, &Options::new()).expect("memory");
        let back = compare(&other, FILE.as_bytes(), &Options::new()).expect("memory");
        prop_assert_eq!(there.same, back.same);
        prop_assert!(compare(&other, &other, &Options::new()).expect("memory").same);
    }
}
