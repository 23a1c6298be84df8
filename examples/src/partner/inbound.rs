//! What a partner sends us, and what we answer.

use std::time::Duration;

use serde::Serialize;
use x12_edi::validate::Switches;

use super::profile::{Document, Format, PartnerProfile, RouteProfile};
use crate::config::{Field, render_duration};

/// How a partner's documents are read and answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct InboundProfile {
    /// Whether a functional acknowledgment (997) is sent for each group that the partner sends.
    pub acknowledge: bool,
    /// The folder in Cleo that these are put in; absent is that of the partner's first X12 route.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acknowledgments: Option<String>,
    /// How strictly the partner's sets are checked.
    pub validation: Validation,
    /// How soon the partner acknowledges what we send as X12 (997 or 999); a route may say otherwise.
    pub acknowledged_within: Deadline,
}

/// How soon something must have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Deadline {
    /// Within this time.
    Within(Duration),
    /// Nothing is waited for.
    Never,
}

impl Deadline {
    /// What acknowledgments are commonly given.
    pub const USUAL: Self = Self::Within(Duration::from_secs(86_400));
    /// The shortest and the longest.
    pub const RANGE: std::ops::RangeInclusive<Duration> =
        Duration::from_secs(60)..=Duration::from_secs(29 * 86_400);

    /// The time, where something is waited for.
    #[must_use]
    pub fn within(self) -> Option<Duration> {
        match self {
            Self::Within(time) => Some(time),
            Self::Never => None,
        }
    }
}

impl Serialize for Deadline {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Within(time) => to.serialize_str(&render_duration(*time)),
            Self::Never => to.serialize_str("never"),
        }
    }
}

/// Reads a time, or `never`.
pub(super) fn read_deadline(field: &Field<'_>) -> Option<Deadline> {
    if field.is_text() && field.text()? == "never" {
        return Some(Deadline::Never);
    }
    let time = field.duration()?;
    if Deadline::RANGE.contains(&time) {
        return Some(Deadline::Within(time));
    }
    let (shortest, longest) = (Deadline::RANGE.start(), Deadline::RANGE.end());
    field.wrong(
        format!("{:?}", render_duration(time)),
        format!(
            "{} to {}, or \"never\"",
            render_duration(*shortest),
            render_duration(*longest)
        ),
        "write for example \"1d\", or \"never\" where the partner acknowledges nothing",
    );
    None
}

impl Default for InboundProfile {
    fn default() -> Self {
        Self {
            acknowledge: true,
            acknowledgments: None,
            validation: Validation::Standard,
            acknowledged_within: Deadline::USUAL,
        }
    }
}

/// How strictly a partner's sets are checked against the standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Validation {
    /// To the letter.
    Strict,
    /// Errors where data is missing or cannot be read.
    Standard,
    /// Only what may cost data.
    Lenient,
}

impl Validation {
    /// The switches of the codec.
    #[must_use]
    pub fn switches(self) -> Switches {
        match self {
            Self::Strict => Switches::strict(),
            Self::Standard => Switches::standard(),
            Self::Lenient => Switches::lenient(),
        }
    }
}

impl PartnerProfile {
    /// The route that functional acknowledgments take; nothing where none are sent.
    ///
    /// It is the partner's own route for them, else its first X12 route with the folder of the inbound settings.
    #[must_use]
    pub fn acknowledgment_route(&self) -> Option<RouteProfile> {
        let x12 = |route: &&RouteProfile| route.format == Format::X12;
        if !self.inbound.acknowledge || self.x12.is_none() {
            return None;
        }
        let own = self
            .routes
            .iter()
            .filter(x12)
            .find(|route| route.document == Document::FunctionalAcknowledgment);
        let mut route = own.or_else(|| self.routes.iter().find(x12))?.clone();
        route.document = Document::FunctionalAcknowledgment;
        route.business_units.clear();
        route.batch = std::num::NonZeroU32::MIN;
        if let Some(folder) = &self.inbound.acknowledgments {
            route.directory.clone_from(folder);
        }
        Some(route)
    }
}
