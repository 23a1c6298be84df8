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
    assert!(text.contains("BEG03 number"), "{text}");
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
    let report: serde_json::Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    assert_eq!(report["valid"], false);
    assert_eq!(report["errors"], 2);
    assert_eq!(report["findings"][0]["code"], "element-character-invalid");
    assert_eq!(report["findings"][0]["location"]["line"], 5);
    assert_eq!(report["findings"][1]["acknowledgment"]["code"], "4");

    assert_eq!(x12(&["validate", "-"], GOOD).status.code(), Some(0));
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
