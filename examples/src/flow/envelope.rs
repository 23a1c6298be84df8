//! One interchange with one functional group around the documents of a shipment.

use std::time::SystemTime;

use jiff::tz::TimeZone;
use sync_core::{Item, Refusal, Stamp};
use x12_edi::acknowledge::{AcknowledgmentSet, GroupReport};
use x12_edi::envelope::{GroupHeader, InterchangeHeader, InterchangeId, Usage};
use x12_edi::schema::Release;
use x12_edi::value::{ControlNumber, Date, SetControlNumber, Time};
use x12_edi::{DelimiterPolicy, Delimiters, Error, LineEnd, Writer};

use super::{Trade, held, held_all, of_all};
use crate::code_table::PartnerCodes;
use crate::config::OurIdentity;
use crate::hold::{Hold, HoldCode};
use crate::map::holds_of;
use crate::partner::{self, DelimiterInData, PartnerProfile, X12Settings};
use crate::route::Route;

/// Who speaks to whom.
#[derive(Debug, Clone, Copy)]
struct Correspondents<'a> {
    our: &'a OurIdentity,
    business_unit: &'a str,
    partner: &'a PartnerProfile,
    x12: &'a X12Settings,
}

/// A record into a document, for a partner with its codes.
pub(super) type Map<R, D> =
    fn(&Item<R>, &PartnerProfile, &PartnerCodes<'_>) -> Result<D, Vec<Hold>>;

/// A document into a transaction set under its control number.
pub(super) type Write<D> = fn(&D, &mut Writer<Vec<u8>>, &SetControlNumber) -> Result<(), Error>;

/// How the documents of a flow become transaction sets.
pub(super) struct Sets<'a, R, D> {
    /// GS01.
    pub(super) functional_id: &'a str,
    /// The business unit that sends a record.
    pub(super) business_unit: fn(&R) -> &str,
    /// Maps a record.
    pub(super) map: Map<R, D>,
    /// Writes a document under the control number of its set.
    pub(super) write: Write<D>,
}

impl<R, D> Sets<'_, R, D> {
    /// One interchange with all items, or the items that keep it from being written.
    ///
    /// The times of the envelope are UTC, those of the stamp: the same on every resend.
    pub(super) fn interchange(
        &self,
        trade: &Trade,
        route: &Route<'_>,
        items: &[Item<R>],
        stamp: &Stamp,
    ) -> Result<Vec<u8>, Vec<(usize, Refusal)>> {
        let all = |refusal: Refusal| of_all(items.len(), &refusal);
        let (Some(x12), Some(our)) = (&route.partner.x12, &trade.our) else {
            let hold = Hold::new(HoldCode::MissingField, "[x12] of the partner or [our]");
            return Err(all(held(&hold)));
        };
        let expected = trade.environment.usage();
        if x12.usage != expected {
            let hold = Hold::new(HoldCode::WrongEnvironment, "[x12] usage of the partner")
                .found(x12.usage.as_str())
                .expected(expected.as_str());
            return Err(all(held(&hold)));
        }
        let codes = trade.codes.for_partner(route.partner);
        let mut documents = Vec::with_capacity(items.len());
        let mut bad = Vec::new();
        for (place, item) in items.iter().enumerate() {
            match (self.map)(item, route.partner, &codes) {
                Ok(document) => documents.push(document),
                Err(holds) => bad.push((place, held_all(&holds))),
            }
        }
        if !bad.is_empty() {
            return Err(bad);
        }
        let business_unit = items
            .first()
            .map_or("", |item| (self.business_unit)(&item.record));
        let who = Correspondents {
            our,
            business_unit,
            partner: route.partner,
            x12,
        };
        self.put(who, stamp, &documents).map_err(|(place, error)| {
            let refusal = held_all(&holds_of(&error));
            match place {
                Some(place) => vec![(place, refusal)],
                None => all(refusal),
            }
        })
    }

    fn put(
        &self,
        who: Correspondents<'_>,
        stamp: &Stamp,
        documents: &[D],
    ) -> Result<Vec<u8>, Refused> {
        let envelope = |error| (None, error);
        let mut writer = open(who, self.functional_id, stamp).map_err(envelope)?;
        for (place, document) in documents.iter().enumerate() {
            let number = u32::try_from(place + 1).unwrap_or(u32::MAX);
            // ST02 counts within the group, which is all that it must be unique in.
            let control = ControlNumber::new(number).map_err(envelope)?;
            (self.write)(
                document,
                &mut writer,
                &SetControlNumber::from_number(control),
            )
            .map_err(|error| (Some(place), error))?;
        }
        writer.end_group().map_err(envelope)?;
        writer.end_interchange().map_err(envelope)?;
        writer.finish().map_err(envelope)
    }
}

/// One interchange with a functional acknowledgment of one group.
pub(super) fn acknowledgment(
    our: &OurIdentity,
    business_unit: &str,
    partner: &PartnerProfile,
    x12: &X12Settings,
    stamp: &Stamp,
    report: &GroupReport,
) -> Result<Vec<u8>, Error> {
    let who = Correspondents {
        our,
        business_unit,
        partner,
        x12,
    };
    let mut writer = open(who, "FA", stamp)?;
    let release = Release::nearest(&x12.version);
    let number = SetControlNumber::from_number(ControlNumber::new(1)?);
    report.write(AcknowledgmentSet::Functional, release, &mut writer, &number)?;
    writer.end_group()?;
    writer.end_interchange()?;
    writer.finish()
}

/// What could not be written: the place of the set, or `None` for the envelope itself.
type Refused = (Option<usize>, Error);

fn open(
    who: Correspondents<'_>,
    functional_id: &str,
    stamp: &Stamp,
) -> Result<Writer<Vec<u8>>, Error> {
    let Correspondents {
        our,
        business_unit,
        partner,
        x12,
    } = who;
    let (isa, gs) = our.of(business_unit);
    let number = |place: usize| {
        let number = stamp
            .numbers
            .get(place)
            .copied()
            .and_then(|number| u32::try_from(number).ok());
        ControlNumber::new(number.unwrap_or(0))
    };
    let (date, time) = moment(stamp.at)?;
    let mut interchange = InterchangeHeader::new(
        InterchangeId::new(&isa.qualifier, &isa.id)?,
        InterchangeId::new(&x12.receiver.qualifier, &x12.receiver.id)?,
        number(0)?,
        date,
        time,
    )
    .with_delimiters(delimiters(x12)?)
    .with_usage(match x12.usage {
        partner::Usage::Production => Usage::Production,
        partner::Usage::Test => Usage::Test,
    })
    .with_acknowledgment_requested(x12.ack_requested);
    if let Some(version) = x12.release().get(..5) {
        interchange = interchange.with_version(version);
    }
    let group = GroupHeader::new(
        functional_id,
        gs,
        &x12.group_receiver,
        number(1)?,
        date,
        time,
    )
    .with_version(&x12.version);
    let mut writer = Writer::new(Vec::new())
        .with_line_end(match x12.line_ending {
            partner::LineEnding::None => LineEnd::None,
            partner::LineEnding::Lf => LineEnd::Lf,
            partner::LineEnding::Crlf => LineEnd::CrLf,
        })
        .with_delimiters_in_data(match partner.policy.delimiter_in_data {
            DelimiterInData::Refuse => DelimiterPolicy::Refuse,
            DelimiterInData::Replace { replacement } => {
                DelimiterPolicy::Replace(u8::try_from(replacement).unwrap_or(b' '))
            }
        });
    writer.start_interchange(&interchange)?;
    writer.start_group(&group)?;
    Ok(writer)
}

fn delimiters(x12: &X12Settings) -> Result<Delimiters, Error> {
    // The configuration has refused what is no single byte; a blank is refused here.
    let byte = |c: char| u8::try_from(c).unwrap_or(b' ');
    let own = &x12.delimiters;
    let delimiters = Delimiters::new(byte(own.element), byte(own.component), byte(own.segment))?;
    match own.repetition {
        Some(repetition) => delimiters.with_repetition(byte(repetition)),
        None => Ok(delimiters),
    }
}

fn moment(at: SystemTime) -> Result<(Date, Time), Error> {
    let time = jiff::Timestamp::try_from(at)
        .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
        .to_zoned(TimeZone::UTC);
    let part = |number: i8| u8::try_from(number).unwrap_or(0);
    Ok((
        Date::new(time.year(), time.month(), time.day())?,
        Time::new(part(time.hour()), part(time.minute()))?,
    ))
}
