//! One interchange with one functional group around the documents of a shipment.

use std::time::SystemTime;

use jiff::tz::TimeZone;
use sync_core::Stamp;
use x12_edi::envelope::{GroupHeader, InterchangeHeader, InterchangeId, Usage};
use x12_edi::value::{ControlNumber, Date, SetControlNumber, Time};
use x12_edi::{DelimiterPolicy, Delimiters, Error, LineEnd, Writer};

use crate::config::{Environment, OurIdentity};
use crate::partner::{self, DelimiterInData, PartnerProfile, X12Settings};

/// Who speaks to whom.
#[derive(Debug, Clone, Copy)]
pub(super) struct Correspondents<'a> {
    pub(super) our: &'a OurIdentity,
    pub(super) business_unit: &'a str,
    pub(super) partner: &'a PartnerProfile,
    pub(super) x12: &'a X12Settings,
}

/// What could not be written: the place of the set, or `None` for the envelope itself.
pub(super) type Refused = (Option<usize>, Error);

/// Writes the interchange; each of `sets` writes one transaction set under the control number that it is given.
///
/// The times of the envelope are UTC, those of the stamp: the same on every resend.
pub(super) fn write<S>(
    who: Correspondents<'_>,
    functional_id: &str,
    stamp: &Stamp,
    sets: &[S],
    put: impl Fn(&S, &mut Writer<Vec<u8>>, &SetControlNumber) -> Result<(), Error>,
) -> Result<Vec<u8>, Refused> {
    let envelope = |error| (None, error);
    let mut writer = open(who, functional_id, stamp).map_err(envelope)?;
    for (place, set) in sets.iter().enumerate() {
        let number = u32::try_from(place + 1).unwrap_or(u32::MAX);
        // ST02 counts within the group, which is all that it must be unique in.
        let control = ControlNumber::new(number).map_err(envelope)?;
        put(set, &mut writer, &SetControlNumber::from_number(control))
            .map_err(|error| (Some(place), error))?;
    }
    writer.end_group().map_err(envelope)?;
    writer.end_interchange().map_err(envelope)?;
    writer.finish().map_err(envelope)
}

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

/// Whether a profile is one that this environment may send to.
pub(super) fn is_of(x12: &X12Settings, environment: Environment) -> bool {
    x12.usage == environment.usage()
}
