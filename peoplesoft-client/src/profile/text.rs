//! The profile as a file: TOML or JSON, read with every mistake at once, written with its explanation.

use serde_json::Value;

use super::mistake::Found;
use super::{Profile, ProfileMistakes, change_query, schema};

impl Profile {
    /// Reads a profile from TOML; what it does not give keeps its default.
    ///
    /// `peoplesoft-client/profile.default.toml` of the sources is the default with every value explained.
    ///
    /// ```
    /// use peoplesoft_client::Profile;
    ///
    /// let profile = Profile::from_toml(
    ///     r#"
    ///     node = "PSFT_FS"
    ///     [purchase_orders.columns]
    ///     contract = "B.CNTRCT_ID_2"
    ///     "#,
    /// )?;
    /// assert_eq!(profile.node, "PSFT_FS");
    ///
    /// let mistakes = Profile::from_toml("nodes = 1\nzone = \"Moon\"").unwrap_err();
    /// assert_eq!(mistakes.iter().count(), 2);
    /// # Ok::<(), peoplesoft_client::ProfileMistakes>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ProfileMistakes`]: every mistake in structure and content with its place; or, for a text that
    /// is no TOML, the one place where reading ended.
    #[cfg(feature = "toml")]
    pub fn from_toml(text: &str) -> Result<Self, ProfileMistakes> {
        match text.parse::<toml::Table>() {
            Ok(table) => read(json_of_table(table)),
            Err(error) => {
                let place = place_in(text, error.span().map_or(0, |span| span.start));
                let message = error.message().trim().replace('\n', ", ");
                Err(ProfileMistakes::one(place, message, "TOML"))
            }
        }
    }

    /// Reads a profile from JSON; what it does not give keeps its default.
    ///
    /// # Errors
    ///
    /// [`ProfileMistakes`]: every mistake in structure and content with its place; or, for a text that
    /// is no JSON, the one place where reading ended.
    pub fn from_json(text: &str) -> Result<Self, ProfileMistakes> {
        match serde_json::from_str(text) {
            Ok(value) => read(value),
            Err(error) => {
                let place = format!("line {}, column {}", error.line(), error.column());
                let message = error.to_string();
                let message = message.split(" at line ").next().unwrap_or_default();
                Err(ProfileMistakes::one(place, message, "JSON"))
            }
        }
    }

    /// The profile as TOML, every value explained by a comment; defaults that are not given are shown
    /// as comments.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let value = serde_json::to_value(self).unwrap_or_default();
        schema::toml_text(&schema::layout(), &value)
    }

    /// The profile as JSON, indented.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// The JSON Schema (draft 2020-12) of a profile, for editors: it fits the JSON form, and the TOML
    /// form in editors that check TOML by JSON Schema.
    #[must_use]
    pub fn json_schema() -> String {
        serde_json::to_string_pretty(&schema::json_schema()).unwrap_or_default()
    }
}

fn read(mut value: Value) -> Result<Profile, ProfileMistakes> {
    let mut found = Found::default();
    change_query::rename_old_prompts(&mut value);
    if !schema::prune(&schema::layout(), &mut value, "", &mut found) {
        value = Value::Object(serde_json::Map::new());
    }
    let profile: Profile = match serde_path_to_error::deserialize(value) {
        Ok(profile) => profile,
        Err(error) => {
            let place = error.path().to_string();
            found.add(place, "something else", error.into_inner().to_string());
            Profile::default()
        }
    };
    profile.find_mistakes(&mut found);
    found.verdict().map(|()| profile)
}

/// Line and column of a byte, as an editor counts them.
#[cfg(feature = "toml")]
fn place_in(text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count()
        + 1;
    format!("line {line}, column {column}")
}

#[cfg(feature = "toml")]
fn json_of_table(table: toml::Table) -> Value {
    let entries = table.into_iter().map(|(key, value)| (key, json_of(value)));
    Value::Object(entries.collect())
}

#[cfg(feature = "toml")]
fn json_of(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => Value::from(number),
        // Infinities have no JSON; as texts they are still shown as they were written.
        toml::Value::Float(number) => serde_json::Number::from_f64(number)
            .map_or_else(|| Value::String(number.to_string()), Value::Number),
        toml::Value::Boolean(flag) => Value::Bool(flag),
        // No value of a profile is a date; without quotes it would be refused for no visible reason.
        toml::Value::Datetime(date) => Value::String(date.to_string()),
        toml::Value::Array(items) => Value::Array(items.into_iter().map(json_of).collect()),
        toml::Value::Table(table) => json_of_table(table),
    }
}
