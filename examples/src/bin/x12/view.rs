//! `x12 view`.

use std::io::{BufWriter, Write};
use std::path::PathBuf;

use clap::Args;
use x12_edi::EnvelopeReader;
use x12_edi::finding::Severity;
use x12_edi::json::Encoder;
use x12_edi::render::{HtmlOptions, Style, annotate, html};

use super::checks::{Checks, Rules};
use super::console::{Console, FAILED, FINE, FOUND, Failure, create};
use super::input::Input;

const EXAMPLES: &str = "\
Examples:
  x12 view order.edi | less -R
  x12 view --html --level standard order.edi > order.html
  x12 view --html --into pages *.edi      pages/order.html and so on
  x12 view --json --level standard order.edi   JSON with what validation finds
  x12 view --json order.edi               JSON with labels and findings; x12 json turns it back

ISA02 and ISA04, which may hold a password, are masked in text and HTML, not in JSON.

Exit codes: 0 nothing wrong, 1 a finding of severity error, 2 a file that cannot be read";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Write a page of HTML that needs nothing else.
    #[arg(long, conflicts_with = "json")]
    html: bool,
    /// Write JSON with labels and findings.
    #[arg(long)]
    json: bool,
    /// Write the page of each file into this folder.
    #[arg(long, value_name = "FOLDER", requires = "html")]
    into: Option<PathBuf>,
    /// Write over files that are there.
    #[arg(long, requires = "into")]
    force: bool,
    #[command(flatten)]
    checks: Checks,
    /// Files to read; `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> u8 {
    if arguments.html && arguments.into.is_none() && arguments.files.len() > 1 {
        console.note("a page holds one file; give --into FOLDER for several");
        return FAILED;
    }
    let rules = match arguments
        .checks
        .are_given()
        .then(|| arguments.checks.rules())
        .transpose()
    {
        Ok(rules) => rules,
        Err(error) => return console.failed("arguments", &error),
    };
    console.each(&arguments.files, |input, console| {
        let worst = show(arguments, rules.as_ref(), input, console)?;
        Ok(if worst == Some(Severity::Error) {
            FOUND
        } else {
            FINE
        })
    })
}

fn show(
    arguments: &Arguments,
    rules: Option<&Rules>,
    input: Input,
    console: &mut Console,
) -> Result<Option<Severity>, Failure> {
    if arguments.json {
        let encoder = Encoder::new().with_labels(true).with_findings(true);
        return Ok(match rules {
            Some(rules) => rules.encode(&encoder, input.stream, console.bytes())?,
            None => encoder.encode(input.stream, console.bytes())?,
        });
    }
    if !arguments.html {
        // The output itself takes colours out where there is no terminal.
        let out = BufWriter::new(&mut console.text);
        return Ok(match rules {
            Some(rules) => annotate(rules.reader(input.stream), out, Style::Ansi)?,
            None => annotate(EnvelopeReader::new(input.stream), out, Style::Ansi)?,
        });
    }
    // The name alone: a page is shown to others, a path is not.
    let path = std::path::Path::new(&input.name).file_name();
    let title = path.map_or(input.name.clone(), |name| {
        name.to_string_lossy().into_owned()
    });
    let options = HtmlOptions::new(title);
    let out: Box<dyn Write + '_> = match &arguments.into {
        Some(folder) => {
            let name = format!("{}.html", input.stem());
            Box::new(BufWriter::new(create(folder, &name, arguments.force)?))
        }
        None => Box::new(console.bytes()),
    };
    Ok(match rules {
        Some(rules) => html(rules.reader(input.stream), out, &options)?,
        None => html(EnvelopeReader::new(input.stream), out, &options)?,
    })
}
