//! A functional acknowledgment (997) for each group that a partner sends, out through Cleo.
//!
//! It says what our validation says: a set that it rejects is a dead letter in the flow that wanted it, under the same
//! findings. Groups of acknowledgments are not acknowledged.

use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use sync_core::{Cx, Item, Parcel, Refusal, Series, SourceError, Stamp, Stop, Transform};
use x12_edi::acknowledge::GroupReport;

use super::arrival::Interchange;
use super::dossier::Dossier;
use super::received::{Kind, Piece};
use super::{sets, vouchers};
use crate::flow::{Trade, envelope, file_name, held, held_all, lane, of_all};
use crate::hold::{Hold, HoldCode};
use crate::map::holds_of;
use crate::partner::{PartnerProfile, RouteProfile};

/// The flow's name in streams and commands.
pub const NAME: &str = "functional-acknowledgments";

/// Nothing has to be looked up for an acknowledgment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GroupFacts {}

/// Received groups, as a kind of document.
#[derive(Debug, Clone, Copy)]
pub struct Groups;

#[async_trait]
impl Kind for Groups {
    type Facts = GroupFacts;

    const FLOW: &'static str = NAME;

    fn wants(&self, code: &str) -> bool {
        !matches!(code, "997" | "999" | "TA1")
    }

    fn number(&self, _: &[u8]) -> Option<String> {
        None
    }

    async fn facts(
        &self,
        _: &Cx,
        _: &Dossier<()>,
        _: &PartnerProfile,
    ) -> Result<GroupFacts, SourceError> {
        Ok(GroupFacts {})
    }

    fn pieces(&self, one: &Interchange, partner: &PartnerProfile) -> Vec<Piece> {
        if partner.acknowledgment_route().is_none() {
            return Vec::new();
        }
        let groups = sets::groups(&one.bytes()).unwrap_or_default();
        groups.into_iter().map(Piece).collect()
    }
}

/// Groups into acknowledgments.
#[derive(Debug, Clone)]
pub struct To997 {
    trade: Arc<Trade>,
}

impl To997 {
    /// Knows us and our partners.
    #[must_use]
    pub fn new(trade: Arc<Trade>) -> Self {
        Self { trade }
    }

    fn route(
        &self,
        known: &Dossier<GroupFacts>,
    ) -> Result<(&PartnerProfile, RouteProfile), Refusal> {
        let partner = self
            .trade
            .partner(&known.partner)
            .map_err(|hold| held(&hold))?;
        let route = partner.acknowledgment_route().filter(|route| route.active);
        let route = route.ok_or_else(|| {
            held(
                &Hold::new(HoldCode::NoRoute, "functional acknowledgment")
                    .found(format_args!("partner {}", partner.id))
                    .expected("an active X12 route")
                    .remedy("add the route to the partner's profile"),
            )
        })?;
        Ok((partner, route))
    }

    /// The business unit under whose ids we answer: the one that was written to.
    fn unit(&self, known: &Dossier<GroupFacts>) -> String {
        let receiver = vouchers::receiver(&known.bytes()).unwrap_or_default();
        let our = self.trade.our.as_ref();
        let unit = our.and_then(|our| our.units_of(&receiver).next());
        unit.unwrap_or_default().to_owned()
    }

    fn report(
        partner: &PartnerProfile,
        known: &Dossier<GroupFacts>,
    ) -> Result<GroupReport, Refusal> {
        let switches = partner.inbound.validation.switches();
        let reports = sets::reports(&known.bytes(), &switches).unwrap_or_default();
        reports.into_iter().next().ok_or_else(|| {
            let text = format!(
                "{}: a group of acknowledgments is not acknowledged",
                known.key
            );
            Refusal::Reject(Stop::new(HoldCode::Unsupported.as_str(), text))
        })
    }

    fn render(&self, known: &Dossier<GroupFacts>, stamp: &Stamp) -> Result<Vec<u8>, Refusal> {
        let (partner, _) = self.route(known)?;
        let report = Self::report(partner, known)?;
        let (Some(our), Some(x12)) = (&self.trade.our, &partner.x12) else {
            let hold = Hold::new(HoldCode::MissingField, "[x12] of the partner or [our]");
            return Err(held(&hold));
        };
        let unit = self.unit(known);
        envelope::acknowledgment(our, &unit, partner, x12, stamp, &report)
            .map_err(|error| held_all(&holds_of(&error)))
    }
}

impl Transform for To997 {
    type In = Dossier<GroupFacts>;

    fn lane(&self, item: &Item<Self::In>) -> Result<Box<str>, Refusal> {
        let (partner, route) = self.route(&item.record)?;
        self.render(&item.record, &crate::flow::trial())?;
        let unit = self.unit(&item.record);
        Ok(lane::name(partner, &route, self.trade.our.as_ref(), &unit))
    }

    fn series(&self, lane: &str) -> Vec<Series> {
        self.trade.series(lane)
    }

    fn ship(
        &self,
        _: &str,
        items: &[Item<Self::In>],
        stamp: &Stamp,
    ) -> Result<Parcel, Vec<(usize, Refusal)>> {
        let Some(item) = items.first() else {
            return Err(Vec::new());
        };
        let bytes = self.render(&item.record, stamp);
        let bytes = bytes.map_err(|refusal| of_all(items.len(), &refusal))?;
        Ok(Parcel {
            name: file_name("997", items.iter().map(|item| &*item.key), stamp, "edi"),
            bytes: bytes.into(),
        })
    }
}
