//! How strictly the content of sets is checked: `--level`, `--switch`, `--overlay`.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use x12_edi::StreamSource;
use x12_edi::finding::Severity;
use x12_edi::json::Encoder;
use x12_edi::schema::overlay::Overlay;
use x12_edi::schema::{Release, SetSchema, Standard};
use x12_edi::validate::{SetContext, Switches, ValidatingReader};

use super::console::Failure;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Level {
    /// The standard to the letter.
    Strict,
    /// Errors where data is missing or cannot be read, warnings for the rest.
    Standard,
    /// Only what may cost data.
    Lenient,
}

#[derive(Debug, Args)]
pub(crate) struct Checks {
    /// How strictly the content of transaction sets is checked against the standard.
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub(crate) level: Option<Level>,
    /// One switch of the level set otherwise, for example `codes=off` or `characters=utf8`.
    #[arg(long = "switch", value_name = "NAME=VALUE")]
    pub(crate) switches: Vec<String>,
    /// What a partner does differently from the standard: an overlay in TOML, or JSON (`.json`).
    #[arg(long = "overlay", value_name = "FILE")]
    pub(crate) overlays: Vec<PathBuf>,
}

/// What the arguments come to.
#[derive(Clone)]
pub(crate) struct Rules {
    switches: Switches,
    schemas: Schemas,
}

/// What overlays made of the sets of the standard.
type Schemas = HashMap<(Release, String), Arc<SetSchema>>;

impl Checks {
    /// Whether any of them was given.
    pub(crate) fn are_given(&self) -> bool {
        self.level.is_some() || !self.switches.is_empty() || !self.overlays.is_empty()
    }

    pub(crate) fn rules(&self) -> Result<Rules, Failure> {
        Ok(Rules {
            switches: self.to_switches()?,
            schemas: self.schemas()?,
        })
    }

    fn to_switches(&self) -> Result<Switches, Failure> {
        let base = match self.level {
            Some(Level::Strict) => Switches::strict(),
            Some(Level::Lenient) => Switches::lenient(),
            Some(Level::Standard) | None => Switches::standard(),
        };
        let mut values = serde_json::to_value(&base)?;
        for switch in &self.switches {
            let Some((name, value)) = switch.split_once('=') else {
                return Err(
                    format!("--switch {switch}: write NAME=VALUE, such as codes=off").into(),
                );
            };
            let name = name.trim().replace('_', "-");
            let known = values
                .as_object_mut()
                .and_then(|known| known.get_mut(&name));
            let Some(slot) = known else {
                let names: Vec<_> = values
                    .as_object()
                    .into_iter()
                    .flatten()
                    .map(|(n, _)| n.as_str())
                    .collect();
                return Err(format!(
                    "--switch {name}: no such switch; there are {}",
                    names.join(", ")
                )
                .into());
            };
            *slot = value.trim().into();
        }
        serde_json::from_value(values).map_err(|error| format!("--switch: {error}").into())
    }

    fn schemas(&self) -> Result<Schemas, Failure> {
        let mut schemas = Schemas::new();
        for path in &self.overlays {
            let name = path.display();
            let refuse = |error: &dyn std::fmt::Display| Failure::from(format!("{name}: {error}"));
            let text = std::fs::read_to_string(path).map_err(|error| refuse(&error))?;
            let is_json = path
                .extension()
                .is_some_and(|extension| extension == "json");
            let overlay: Overlay = if is_json {
                serde_json::from_str(&text).map_err(|error| refuse(&error))?
            } else {
                toml::from_str(&text).map_err(|error| refuse(&error))?
            };
            let key = (overlay.release, overlay.set.clone());
            let standard = Standard::of(overlay.release).set(&overlay.set);
            let Some(base) = schemas.get(&key).or(standard) else {
                let text = format!(
                    "there is no set {} of release {}",
                    overlay.set, overlay.release
                );
                return Err(refuse(&text));
            };
            let changed = overlay.apply(base).map_err(|error| refuse(&error))?;
            schemas.insert(key, Arc::new(changed));
        }
        Ok(schemas)
    }
}

impl Rules {
    /// JSON with what breaks these rules in its place.
    pub(crate) fn encode<R: Read, W: Write>(
        &self,
        encoder: &Encoder,
        input: R,
        output: W,
    ) -> x12_edi::Result<Option<Severity>> {
        let schemas = self.schemas.clone();
        encoder.encode_validated(input, output, self.switches.clone(), move |set| {
            schema_of(&schemas, set)
        })
    }

    /// A reader that finds what breaks these rules.
    pub(crate) fn reader<R: Read>(&self, stream: R) -> ValidatingReader<StreamSource<R>> {
        let reader = ValidatingReader::new(stream, self.switches.clone());
        if self.schemas.is_empty() {
            return reader;
        }
        let schemas = self.schemas.clone();
        reader.with_schemas(move |set| schema_of(&schemas, set))
    }
}

/// The schema of a set: an overlay's, or the standard's.
fn schema_of(schemas: &Schemas, set: &SetContext<'_>) -> Option<Arc<SetSchema>> {
    let release = set.release()?;
    let own = schemas.get(&(release, set.set.code.clone()));
    own.cloned().or_else(|| set.standard())
}
