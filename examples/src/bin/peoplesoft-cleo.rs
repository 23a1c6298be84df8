//! The integration for people: see `peoplesoft-cleo --help`.

use std::process::ExitCode;

use clap::Parser;
use peoplesoft_cleo::command::{Arguments, FAILED, Output, run};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let out = Output;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let code = match runtime {
        Ok(runtime) => runtime.block_on(run(arguments, &out)),
        Err(error) => {
            out.note(format_args!("error: no runtime: {error}"));
            FAILED
        }
    };
    ExitCode::from(code)
}
