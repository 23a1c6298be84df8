//! The answer to a whole input in one call.

use std::io::Write;

use super::collect::{Acknowledger, InterchangeReport};
use super::options::Options;
use super::reply::Replier;
use crate::envelope::Event;
use crate::error::Result;
use crate::reader::Source;
use crate::validate::{Switches, ValidatingReader};
use crate::writer::Writer;

/// What [`functional`] answers.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// The reply: an interchange for each received one that is to be answered; empty where
    /// nothing is.
    pub bytes: Vec<u8>,
    /// The same as data, one for each received interchange.
    pub reports: Vec<InterchangeReport>,
}

/// Reads a whole input in memory, checks it against the standard and writes the acknowledgments.
///
/// ```
/// use x12_edi::acknowledge::{ControlNumbers, Options, Replier, functional};
/// use x12_edi::validate::Switches;
/// use x12_edi::value::{ControlNumber, Date, Time};
/// # let file = b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240101*1200*U*00401*000000001*0*P*>~GS*PO*ACME*US*20240101*1200*1*X*004010~ST*850*0001~BEG*00*SA*4711**20240101~PO1*1*10*EA*12.5~SE*4*0001~GE*1*1~IEA*1*000000001~";
/// let one = ControlNumber::new(1)?;
/// let numbers = ControlNumbers::new(one, one, one);
/// let mut replier = Replier::new(numbers, Date::new(2024, 1, 2)?, Time::new(8, 0)?);
/// let answer = functional(file, Switches::standard(), &Options::default(), &mut replier)?;
/// assert!(answer.bytes.ends_with(
///     b"GS*FA*US*ACME*20240102*0800*1*X*004010~ST*997*0001~AK1*PO*1~AK2*850*0001~AK5*A~AK9*A*1*1*1~SE*6*0001~GE*1*1~IEA*1*000000001~"
/// ));
/// assert_eq!(replier.next_numbers().interchange.get(), 2);
/// # Ok::<(), x12_edi::Error>(())
/// ```
///
/// # Errors
/// Those of [`Replier::write`].
pub fn functional(
    bytes: &[u8],
    switches: Switches,
    options: &Options,
    replier: &mut Replier,
) -> Result<Answer> {
    let mut writer = Writer::new(Vec::new());
    let mut reports = Vec::new();
    answer(
        ValidatingReader::from_slice(bytes, switches),
        options,
        replier,
        &mut writer,
        |report| reports.push(report),
    )?;
    Ok(Answer {
        bytes: writer.finish()?,
        reports,
    })
}

/// The same from any source into any writer, in memory that the limits of the options bound.
///
/// The reader says by which schemas (its [`with_schemas`](ValidatingReader::with_schemas) takes
/// those of partners) and how strictly the sets are checked. `seen` gets every report after it was
/// written.
///
/// # Errors
/// Those of [`Replier::write`], and [`ErrorKind::Io`](crate::ErrorKind::Io) if the source fails.
pub fn answer<S: Source, W: Write>(
    mut events: ValidatingReader<S>,
    options: &Options,
    replier: &mut Replier,
    writer: &mut Writer<W>,
    mut seen: impl FnMut(InterchangeReport),
) -> Result<()> {
    let mut acknowledger = Acknowledger::new(options.clone());
    while let Some(event) = events.next_event()? {
        let ended = matches!(event, Event::InterchangeEnd(..));
        acknowledger.event(&event);
        if ended {
            while let Some(report) = acknowledger.next_report() {
                replier.write(&report, writer)?;
                seen(report);
            }
        }
    }
    Ok(())
}
