//! The `x12` binary, run as a user runs it.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

const GOOD: &str = "ISA*00*          *00*          *ZZ*BUYER          *ZZ*SELLER         *240131*1430*U*00401*000000007*0*T*>~
GS*PO*BUYER*SELLER*20240131*1430*7*X*004010~
ST*850*0001~
BEG*00*SA*4711**20240131~
PO1*1*10*EA*12.5**VN*AB-1~
CTT*1~
SE*5*0001~
GE*1*7~
IEA*1*000000007~
";

fn x12(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_x12"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut stdin = child.stdin.take().expect("standard input is a pipe");
    // A command that reads no standard input may be gone already.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().expect("the binary ends")
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_str(&stdout(output)).expect("JSON")
}

fn file(folder: &tempfile::TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, text).expect("the folder is writable");
    path
}

#[test]
fn help_shows_examples_and_exit_codes() {
    let output = x12(&["--help"], "");
    assert_eq!(output.status.code(), Some(0));
    let text = stdout(&output);
    assert!(
        text.contains("Examples:") && text.contains("Exit codes:"),
        "{text}"
    );
}

#[test]
fn view_labels_elements_and_has_no_colours_in_a_pipe() {
    let output = x12(&["view", "-"], GOOD);
    assert_eq!(output.status.code(), Some(0));
    let text = stdout(&output);
    assert!(text.contains("BEG03 order number"), "{text}");
    assert!(!text.contains('\u{1b}'), "{text}");
}

#[test]
fn stats_of_several_files_are_one_json_object_a_line() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (one, two) = (
        file(&folder, "one.edi", GOOD),
        file(&folder, "two.edi", &GOOD.repeat(2)),
    );
    let paths = [one.display().to_string(), two.display().to_string()];
    let output = x12(&["stats", "--json", &paths[0], &paths[1]], "");
    assert_eq!(output.status.code(), Some(0));
    let lines: Vec<serde_json::Value> = stdout(&output)
        .lines()
        .map(|l| serde_json::from_str(l).expect("JSON"))
        .collect();
    assert_eq!(lines.len(), 2);
    let counts = |value: &serde_json::Value| {
        ["interchanges", "groups", "transaction_sets", "segments"].map(|key| value[key].as_u64())
    };
    assert_eq!(counts(&lines[0]), [Some(1), Some(1), Some(1), Some(9)]);
    assert_eq!(counts(&lines[1]), [Some(2), Some(2), Some(2), Some(18)]);
    assert_eq!(lines[0]["file"], paths[0]);
    assert_eq!(lines[0]["findings"], serde_json::json!([]));
    assert_eq!(
        lines[1]["interchange_details"][1]["groups"][0]["transaction_sets"]["850"],
        1
    );
}

#[test]
fn validate_finds_wrong_counts_and_wrong_content() {
    let bad = GOOD.replace("SE*5*", "SE*6*").replace("*12.5*", "*12,5*");
    let output = x12(&["validate", "-"], &bad);
    assert_eq!(output.status.code(), Some(1));
    let text = stdout(&output);
    assert!(
        text.contains("SE01 says 6, but there are 5 segments"),
        "{text}"
    );
    assert!(text.contains("PO104") && text.contains("12,5"), "{text}");

    let output = x12(&["validate", "--json", "-"], &bad);
    assert_eq!(output.status.code(), Some(1));
    let report = json(&output);
    assert_eq!(report["valid"], false);
    assert_eq!(
        (&report["errors"], &report["content_checked"]),
        (&2.into(), &1.into())
    );
    assert_eq!(report["findings"][0]["code"], "element-number-invalid");
    assert_eq!(report["findings"][0]["location"]["line"], 5);
    assert_eq!(report["findings"][1]["acknowledgment"]["code"], "4");
    let masked = stdout(&x12(&["validate", "--mask", "--json", "-"], &bad));
    assert!(!masked.contains("12,5"), "{masked}");

    assert_eq!(x12(&["validate", "-"], GOOD).status.code(), Some(0));
}

#[test]
fn levels_switches_and_overlays_decide_what_is_wrong() {
    let code = GOOD.replace("*00*SA*", "*00*XY*");
    assert_eq!(x12(&["validate", "-"], &code).status.code(), Some(0));
    assert_eq!(
        x12(&["validate", "--level", "strict", "-"], &code)
            .status
            .code(),
        Some(1)
    );
    let arguments = [
        "validate",
        "--level",
        "strict",
        "--switch",
        "codes=off",
        "-",
    ];
    assert_eq!(x12(&arguments, &code).status.code(), Some(0));
    for wrong in ["codes", "cods=off", "codes=never"] {
        let output = x12(&["validate", "--switch", wrong, "-"], &code);
        assert_eq!(output.status.code(), Some(2));
        assert!(!output.stderr.is_empty());
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let overlay =
        "release = \"004010\"\nset = \"850\"\n[[changes]]\nat = \"REF\"\nchange = \"require\"\n";
    let path = file(&folder, "acme.toml", overlay).display().to_string();
    let output = x12(&["validate", "--overlay", &path, "-"], GOOD);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stdout(&output).contains("segment-missing"),
        "{}",
        stdout(&output)
    );
    let path = file(&folder, "bad.toml", "release = 1")
        .display()
        .to_string();
    assert_eq!(
        x12(&["validate", "--overlay", &path, "-"], GOOD)
            .status
            .code(),
        Some(2)
    );
}

#[test]
fn stats_look_into_sets_only_when_asked() {
    let bad = GOOD.replace("*12.5*", "*12,5*");
    let output = x12(&["stats", "--json", "-"], &bad);
    assert_eq!(
        (output.status.code(), &json(&output)["findings"]),
        (Some(0), &serde_json::json!([]))
    );
    let output = x12(&["stats", "--json", "--level", "standard", "-"], &bad);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(json(&output)["findings"][0]["location"]["element"], 4);
}

#[test]
fn a_page_of_html_stands_alone() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let output = x12(&["view", "--html", "-"], GOOD);
    assert_eq!(output.status.code(), Some(0));
    assert!(stdout(&output).starts_with("<!doctype html>"));
    let order = file(&folder, "order.edi", GOOD).display().to_string();
    let pages = folder.path().join("pages").display().to_string();
    let arguments = [
        "view", "--html", "--level", "strict", "--into", &pages, &order,
    ];
    assert_eq!(x12(&arguments, "").status.code(), Some(0));
    assert!(folder.path().join("pages/order.html").is_file());
    let again = x12(&arguments, "");
    assert_eq!(again.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&again.stderr).contains("--force"));
    assert_eq!(
        x12(&["view", "--html", &order, &order], "").status.code(),
        Some(2)
    );
    let labels = x12(&["view", "--json", "-"], GOOD);
    assert!(stdout(&labels).contains("\"order number\""));
}

#[test]
fn json_comes_back_as_the_same_bytes() {
    let odd = format!("\u{feff}{}trash", GOOD.replace("SE*5", "~ SE*7"));
    for arguments in [
        &["json", "-"][..],
        &["json", "--lines", "-"],
        &["json", "--labels", "--findings", "-"],
    ] {
        let there = x12(arguments, &odd);
        assert_eq!(there.status.code(), Some(0));
        let back = x12(&["json", "--back", "-"], &stdout(&there));
        assert_eq!((back.status.code(), stdout(&back)), (Some(0), odd.clone()));
    }
    let bad = x12(
        &["json", "--back", "-"],
        r#"{"items":[{"id":"BEG","01":7}]}"#,
    );
    assert_eq!(bad.status.code(), Some(2));
    let told = String::from_utf8_lossy(&bad.stderr).into_owned();
    assert!(
        told.contains("items[0].01 (line 1") && told.contains("quotes"),
        "{told}"
    );
}

#[test]
fn json_carries_what_validation_finds() {
    let bad = GOOD.replace("*12.5*", "*12,5*");
    assert_ne!(bad, GOOD);
    for (arguments, code) in [
        (&["json", "--findings", "-"][..], 0),
        (&["json", "--level", "lenient", "-"], 0),
        (&["view", "--json", "--level", "standard", "-"], 1),
    ] {
        let output = x12(arguments, &bad);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        let text = stdout(&output);
        assert!(text.contains("\"element-number-invalid\""), "{text}");
        let back = x12(&["json", "--back", "-"], &text);
        assert_eq!(stdout(&back), bad);
    }
    let off = x12(&["json", "--findings", "--switch", "codes=off", "-"], GOOD);
    assert!(!stdout(&off).contains("\"finding\""));
    let output = x12(&["view", "--json", "-"], &bad);
    assert!(!stdout(&output).contains("element-number-invalid"));
    let output = x12(&["json", "--switch", "nothing=off", "-"], GOOD);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn splitting_by_loop_points_to_the_option_that_names_one() {
    let output = x12(&["split", "--by", "loop", "-"], GOOD);
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("--loop PO1"), "{told}");
}

#[test]
fn acknowledgments_accept_and_reject() {
    let at = ["--date", "20240201", "--time", "0830", "--number", "17"];
    let output = x12(&[&["ack"], &at[..], &["-"]].concat(), GOOD);
    assert_eq!(output.status.code(), Some(0));
    let text = stdout(&output);
    assert!(
        text.contains("AK1*PO*7~AK2*850*0001~AK5*A~AK9*A*1*1*1~"),
        "{text}"
    );
    assert!(text.contains("*240201*0830*U*00401*000000017*"), "{text}");

    let bad = GOOD.replace("*12.5*", "*12,5*");
    let output = x12(
        &[&["ack"], &at[..], &["--ta1", "always", "-"]].concat(),
        &bad,
    );
    assert_eq!(output.status.code(), Some(1));
    let text = stdout(&output);
    assert!(
        text.contains("AK3*PO1*3*") && text.contains("AK4*4*212*6~"),
        "{text}"
    );
    assert!(text.contains("TA1*000000007*240131*1430*A*000~"), "{text}");

    let output = x12(&["ack", "--json", "-"], &bad);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(json(&output)["groups"][0]["control_number"], "7");
    assert_eq!(x12(&["ack", "-"], "no EDI").status.code(), Some(1));
    assert_eq!(
        x12(&["ack", "--date", "31.1.24", "-"], GOOD).status.code(),
        Some(2)
    );
}

#[test]
fn split_gives_spans_or_files() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let two = file(&folder, "two.edi", &GOOD.repeat(2))
        .display()
        .to_string();
    let lines = x12(&["split", &two], "");
    assert_eq!(lines.status.code(), Some(0));
    let pieces: Vec<serde_json::Value> = stdout(&lines)
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(pieces.len(), 2);
    let span = |key: &str| {
        pieces[1]["span"][key]
            .as_u64()
            .and_then(|n| usize::try_from(n).ok())
    };
    let (from, to) = (
        span("start").expect("a number"),
        span("end").expect("a number"),
    );
    let text = GOOD.repeat(2);
    assert!(text[from..to].starts_with("ST*850*0001~") && text[from..to].ends_with("SE*5*0001~"));

    let parts = folder.path().join("parts").display().to_string();
    assert_eq!(
        x12(&["split", "--into", &parts, &two], "").status.code(),
        Some(0)
    );
    let part = folder
        .path()
        .join("parts/two.000002-850-0001.edi")
        .display()
        .to_string();
    assert_eq!(x12(&["validate", &part], "").status.code(), Some(0));
    let again = x12(&["split", "--into", &parts, &two], "");
    assert_eq!(again.status.code(), Some(2));
    let from_stdin = x12(
        &["split", "--loop", "PO1", "--into", &parts, "--json", "-"],
        GOOD,
    );
    assert_eq!(from_stdin.status.code(), Some(0));
    let line = folder.path().join("parts/stdin.000001-850-0001-PO1.edi");
    assert_eq!(
        std::fs::read_to_string(line).expect("written"),
        "PO1*1*10*EA*12.5**VN*AB-1~\n"
    );
}

#[test]
fn diff_ends_like_diff() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let left = file(&folder, "left.edi", GOOD).display().to_string();
    let same = GOOD
        .replace('*', "|")
        .replace("~\n", "~")
        .replace("12.5", "12.50");
    assert_eq!(x12(&["diff", &left, "-"], &same).status.code(), Some(0));
    let other = GOOD.replace("*12.5*", "*13*");
    let output = x12(&["diff", &left, "-"], &other);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        stdout(&output),
        "~ 850 0001 PO1[1] PO104 (unit price): `12.5` → `13`, line 5 / 5\n"
    );
    let output = x12(&["diff", "--json", &left, "-"], &other);
    assert_eq!(json(&output)["differences"][0]["right"], "13");
    assert_eq!(
        x12(&["diff", "--ignore", "PO104", &left, "-"], &other)
            .status
            .code(),
        Some(0)
    );
    let numbers = GOOD.replace("000000007", "000000008");
    assert_eq!(x12(&["diff", &left, "-"], &numbers).status.code(), Some(0));
    assert_eq!(
        x12(&["diff", "--envelope", &left, "-"], &numbers)
            .status
            .code(),
        Some(1)
    );
    assert_eq!(
        x12(&["diff", &left, "/nowhere/at/all"], "").status.code(),
        Some(2)
    );
}

#[test]
fn masked_files_are_valid_and_say_nothing() {
    let output = x12(&["mask", "--seed", "42", "-"], GOOD);
    assert_eq!(output.status.code(), Some(0));
    let text = stdout(&output);
    for gone in ["BUYER", "SELLER", "4711", "12.5", "AB-1"] {
        assert!(!text.contains(gone), "{text}");
    }
    assert_eq!(text, stdout(&x12(&["mask", "--seed", "42", "-"], GOOD)));
    assert_eq!(x12(&["validate", "-"], &text).status.code(), Some(0));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let order = file(&folder, "order.edi", GOOD).display().to_string();
    let into = folder.path().join("masked").display().to_string();
    let output = x12(
        &["mask", "--into", &into, "--keep-parties", "--json", &order],
        "",
    );
    assert_eq!(output.status.code(), Some(0));
    assert!(
        json(&output)["masked"]
            .as_str()
            .is_some_and(|path| path.ends_with("order.edi"))
    );
    let written = std::fs::read_to_string(folder.path().join("masked/order.edi")).expect("written");
    assert!(
        written.contains("BUYER") && !written.contains("4711"),
        "{written}"
    );
    assert_eq!(x12(&["mask", &order, &order], "").status.code(), Some(2));
}

#[test]
fn every_command_has_examples_and_exit_codes() {
    for command in [
        "view", "stats", "validate", "ack", "json", "split", "diff", "mask",
    ] {
        let output = x12(&[command, "--help"], "");
        assert_eq!(output.status.code(), Some(0));
        let text = stdout(&output);
        for part in ["Examples:", "Exit codes:", "--json"] {
            assert!(
                text.contains(part),
                "{part} is not in the help of {command}"
            );
        }
    }
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    for command in [
        &["view", "-"][..],
        &["json", "-"],
        &["mask", "-"],
        &["split", "-"],
        &["stats", "-"],
    ] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_x12"))
            .args(command)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        drop(child.stdout.take());
        let mut stdin = child.stdin.take().expect("standard input is a pipe");
        // It may stop reading before the end.
        let _ = stdin.write_all(GOOD.repeat(500).as_bytes());
        drop(stdin);
        let output = child.wait_with_output().expect("the binary ends");
        assert_eq!(output.status.code(), Some(0), "{command:?}");
        assert!(
            output.stderr.is_empty(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

#[test]
fn a_missing_file_is_named_and_the_others_are_still_read() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let good = file(&folder, "good.edi", GOOD).display().to_string();
    let missing = folder.path().join("missing.edi").display().to_string();
    let output = x12(&["stats", &missing, &good], "");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("missing.edi"));
    assert!(stdout(&output).contains("1 interchanges"));
}

#[test]
fn wrong_arguments_end_with_two() {
    assert_eq!(x12(&["stats"], "").status.code(), Some(2));
    assert_eq!(x12(&["explode", "-"], "").status.code(), Some(2));
}
