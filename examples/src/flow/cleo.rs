//! Shipments into Cleo as files, and what can be said of them afterwards.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use cleo_client::file_transfer::{FileTransfer, Upload};
use cleo_client::{Error, ErrorKind, Sent};
use sync_core::{
    Cx, Parcel, Probe, Repeat, Sink, SinkCaps, SourceError, SourceErrorKind, Stamp, Stop, Verdict,
};

use super::{Lane, Lanes};
use crate::config::DeliverySettings;
use crate::partner::{self, Format, Transfer};

/// The doors of Cleo that files can go through.
#[derive(Debug, Clone)]
pub struct Doors {
    /// The file operations of the REST interface.
    pub rest: Arc<dyn FileTransfer>,
    /// The HTTP server commands of Harmony and VLTrader, where they are configured.
    pub http_server: Option<Arc<dyn FileTransfer>>,
}

impl Doors {
    fn of(&self, lane: &Lane) -> Option<&Arc<dyn FileTransfer>> {
        match lane.transfer {
            Transfer::Rest => Some(&self.rest),
            Transfer::HttpServer => self.http_server.as_ref(),
        }
    }
}

/// Puts each parcel into the folder of its lane, under a name that no other parcel has.
#[derive(Debug, Clone)]
pub struct CleoSink {
    doors: Doors,
    lanes: Arc<Lanes>,
    settings: DeliverySettings,
}

impl CleoSink {
    /// How long a lane rests after Cleo has refused the folder or the rights: only an administrator can mend that.
    const REFUSED_REST: Duration = Duration::from_secs(30);

    /// A sink for these lanes.
    #[must_use]
    pub fn new(doors: Doors, lanes: Arc<Lanes>, settings: DeliverySettings) -> Self {
        Self {
            doors,
            lanes,
            settings,
        }
    }

    fn place(&self, lane: &str) -> Result<(&Lane, &Arc<dyn FileTransfer>), String> {
        let known = self
            .lanes
            .get(lane)
            .ok_or_else(|| format!("no route makes the lane `{lane}` any more"))?;
        let door = self
            .doors
            .of(known)
            .ok_or("the route needs [cleo.http_server], which is not configured")?;
        Ok((known, door))
    }
}

#[async_trait]
impl Sink for CleoSink {
    fn caps(&self, lane: &str) -> SinkCaps {
        let settings = &self.settings;
        // A lane that no route makes any more gets no second delivery without a person.
        let repeat = self
            .lanes
            .get(lane)
            .map_or(partner::Repeat::Blind, |lane| lane.repeat);
        SinkCaps {
            repeat: match repeat {
                partner::Repeat::Probe => Repeat::Probe {
                    settle: settings.settle,
                },
                partner::Repeat::Blind => Repeat::Blind,
                partner::Repeat::Deduplicated => Repeat::Deduplicated {
                    window: settings.deduplication_window,
                },
            },
            concurrency: settings.concurrency.get(),
            request_timeout: settings.request_timeout,
            budget: settings.budget,
        }
    }

    async fn deliver(
        &self,
        cx: &Cx,
        lane: &str,
        _: &Stamp,
        parcel: &Parcel,
        timeout: Duration,
    ) -> Verdict {
        let (lane, door) = match self.place(lane) {
            Ok(place) => place,
            Err(why) => {
                return Verdict::NotSent {
                    after: Some(Self::REFUSED_REST),
                    why: why.into(),
                };
            }
        };
        let upload = Upload::new(&*lane.directory, &*parcel.name, parcel.bytes.clone())
            .with_content_type(content_type(lane.format));
        let call = door.upload(&upload);
        let late = cx.clock.sleep(timeout);
        // The client has a deadline of its own; this one holds whatever the client does.
        match futures_util::future::select(call, late).await {
            futures_util::future::Either::Left((Ok(receipt), _)) => {
                let told = format!("{} as {}/{}", receipt.status, lane.directory, receipt.name);
                Verdict::Accepted {
                    receipt: told.into(),
                }
            }
            futures_util::future::Either::Left((Err(error), _)) => verdict(&error),
            futures_util::future::Either::Right(((), _)) => Verdict::Unknown {
                why: format!("no answer within {timeout:?}").into(),
            },
        }
    }

    async fn probe(
        &self,
        _: &Cx,
        lane: &str,
        _: &Stamp,
        parcel: &Parcel,
    ) -> Result<Probe, SourceError> {
        let Ok((lane, door)) = self.place(lane) else {
            return Ok(Probe::Unsupported);
        };
        match door.exists(&lane.directory, &parcel.name).await {
            Ok(true) => Ok(Probe::Found {
                receipt: format!("found as {}/{}", lane.directory, parcel.name).into(),
            }),
            Ok(false) => Ok(Probe::Absent),
            Err(error) => Err(SourceError {
                kind: if error.is_retryable() {
                    SourceErrorKind::Transient
                } else {
                    SourceErrorKind::Connectivity
                },
                operation: error.operation().into(),
                message: error.to_string().into(),
                remedy: None,
                after: error.retry_after(),
            }),
        }
    }
}

/// What an error of the client says about the parcel.
fn verdict(error: &Error) -> Verdict {
    let why = error.to_string().into();
    match (error.was_sent(), error.last_kind()) {
        // The name holds the control number: whoever has it has this parcel.
        (Sent::Yes, ErrorKind::Conflict) => Verdict::Duplicate {
            receipt: error.to_string().into(),
        },
        (Sent::Yes, ErrorKind::Validation) => Verdict::Rejected {
            why: Stop::new("refused-by-cleo", error.to_string()),
        },
        // Cleo refused the folder or the rights before it acted: the parcel can go once an administrator has acted.
        (Sent::Yes, ErrorKind::Forbidden | ErrorKind::NotFound | ErrorKind::Unauthorized) => {
            Verdict::NotSent {
                after: Some(CleoSink::REFUSED_REST),
                why,
            }
        }
        (Sent::No, _) => Verdict::NotSent {
            after: error.retry_after(),
            why,
        },
        (Sent::Yes | Sent::Maybe, _) => Verdict::Unknown { why },
    }
}

fn content_type(format: Format) -> &'static str {
    match format {
        Format::X12 => "application/edi-x12",
        Format::Json => "application/json",
    }
}
