//! `x12 mask`.

use std::io::{BufWriter, Write};
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use x12_edi::mask::Masker;

use super::console::{Console, FAILED, FINE, create};

const EXAMPLES: &str = "\
Examples:
  x12 mask order.edi > for-the-vendor.edi          a seed that nobody knows
  x12 mask --seed 42 order.edi answer.edi --into masked
  x12 mask --keep-parties --keep-numbers order.edi

The same value becomes the same replacement in all files that have the same seed. ISA02 and ISA04
are masked in any case; codes, dates, counts, control numbers and lengths stay. It is no
encryption: who knows the seed can try out values.

Exit codes: 0 masked, 2 a file that cannot be read or written";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// From what the replacements follow; a random number unless given.
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// Keep the ids of sender and receiver in ISA and GS.
    #[arg(long)]
    keep_parties: bool,
    /// Keep quantities, prices and amounts.
    #[arg(long)]
    keep_numbers: bool,
    /// Write each file into this folder, under its own name.
    #[arg(long, value_name = "FOLDER")]
    into: Option<PathBuf>,
    /// Write over files that are there.
    #[arg(long, requires = "into")]
    force: bool,
    /// Tell in JSON which files were written.
    #[arg(long, requires = "into")]
    json: bool,
    /// Files to read; `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

#[derive(Serialize)]
struct Written<'a> {
    file: &'a str,
    masked: String,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> u8 {
    if arguments.into.is_none() && arguments.files.len() > 1 {
        console.note("give --into FOLDER for several files");
        return FAILED;
    }
    let seed = arguments.seed.unwrap_or_else(|| fastrand::u64(..));
    let masker = Masker::new(seed)
        .with_parties(arguments.keep_parties)
        .with_numbers(arguments.keep_numbers);
    console.each(&arguments.files, |input, console| {
        let Some(folder) = &arguments.into else {
            masker.mask(input.stream, console.bytes())?;
            return Ok(FINE);
        };
        let own = std::path::Path::new(&input.name).file_name();
        let name = own.map_or("stdin.edi".into(), |name| {
            name.to_string_lossy().into_owned()
        });
        let name = if name == "-" {
            "stdin.edi".to_owned()
        } else {
            name
        };
        let out = create(folder, &name, arguments.force)?;
        masker.mask(input.stream, BufWriter::new(out))?;
        let masked = folder.join(&name).display().to_string();
        if arguments.json {
            let written = Written {
                file: &input.name,
                masked,
            };
            console.json(&written)?;
        } else {
            writeln!(console.text, "{masked}")?;
        }
        Ok(FINE)
    })
}
