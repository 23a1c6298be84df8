//! Shipments into Cleo, and what can be said of them afterwards.
//!
//! A shipment goes into the folder of its route, or is posted where the route says so; then the route's action is run, if
//! it names one, and its verdict counts. Whether something is sent again is the ledger's decision: the sink only looks,
//! and never sends what it finds.

mod action;
mod post;
mod verdict;

use std::collections::HashSet;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use cleo_client::file_transfer::{Delivered, Delivery, FileTransfer, Upload};
use cleo_client::{Error, ErrorKind};
use futures_util::future::{Either, select};
use sync_core::store::ShipId;
use sync_core::{Clock, Cx, Parcel, Probe, Repeat, Sink, SinkCaps, SourceError, Stamp, Verdict};

use self::action::Actions;
pub(crate) use self::action::hindrance;
use super::{Lane, Lanes};
use crate::config::DeliverySettings;
use crate::partner::{self, Format, PayloadTarget, Transfer};

/// The doors of Cleo that documents can go through.
#[derive(Debug, Clone)]
pub struct Doors {
    /// The file operations of the REST interface.
    pub rest: Arc<dyn FileTransfer>,
    /// The HTTP server commands of Harmony and VLTrader, where they are configured.
    pub http_server: Option<Arc<dyn FileTransfer>>,
    /// The client itself: for actions, and for documents that are posted.
    pub client: cleo_client::Client,
}

impl Doors {
    fn folder(&self, lane: &Lane) -> Option<&dyn FileTransfer> {
        match lane.transfer {
            Transfer::Rest => Some(&*self.rest),
            Transfer::HttpServer => self.http_server.as_deref(),
            Transfer::Payload => None,
        }
    }
}

/// Brings each parcel to where its lane says, under a name that no other parcel has.
#[derive(Debug, Clone)]
pub struct CleoSink {
    doors: Doors,
    lanes: Arc<Lanes>,
    settings: DeliverySettings,
    actions: Arc<Actions>,
    /// Shipments whose file was seen in its folder before its action had succeeded.
    waiting: Arc<Mutex<HashSet<ShipId>>>,
}

/// What the first half of a delivery came to.
struct Brought {
    told: String,
    /// It had been there before.
    again: bool,
}

impl CleoSink {
    /// How long after a lost answer the folder is looked into, at most.
    const LOOK_AFTER: Duration = Duration::from_secs(2);

    /// A sink for these lanes.
    #[must_use]
    pub fn new(doors: Doors, lanes: Arc<Lanes>, settings: DeliverySettings) -> Self {
        Self {
            actions: Arc::new(Actions::new(doors.client.clone(), settings.action_timeout)),
            doors,
            lanes,
            settings,
            waiting: Arc::default(),
        }
    }

    fn lane(&self, name: &str) -> Result<&Lane, String> {
        self.lanes
            .get(name)
            .ok_or_else(|| format!("no route makes the lane `{name}` any more"))
    }

    fn folder(&self, lane: &Lane) -> Result<&dyn FileTransfer, String> {
        self.doors
            .folder(lane)
            .ok_or_else(|| "the route needs [cleo.http_server], which is not configured".to_owned())
    }

    /// One look and one upload: whether there is to be another is not decided here.
    fn delivery<'a>(
        door: &'a dyn FileTransfer,
        clock: &Arc<dyn Clock>,
        timeout: Duration,
    ) -> Delivery<'a> {
        Delivery::new(door)
            .look_first(true)
            .settle((timeout / 4).min(Self::LOOK_AFTER))
            .absence_is_proof(false)
            .sends(1)
            .clock(Arc::new(Waits(Arc::clone(clock))))
    }

    async fn bring(
        &self,
        cx: &Cx,
        lane: &Lane,
        ship: ShipId,
        parcel: &Parcel,
        timeout: Duration,
    ) -> Verdict {
        // Before anything leaves: a route whose action is missing sends nothing.
        let action = match &lane.action {
            None => None,
            Some(alias) => match self.actions.find(&lane.connection, alias).await {
                Ok(action) => Some(action),
                Err(why) => return why.into_verdict(),
            },
        };
        let brought = match &lane.payload {
            Some(payload) => {
                post::post(&self.doors.client, payload, action.as_deref(), parcel).await
            }
            None => match self.folder(lane) {
                Ok(door) => {
                    let delivery = Self::delivery(door, &cx.clock, timeout);
                    self.put(door, &delivery, lane, ship, parcel).await
                }
                Err(why) => Err(verdict::rest(why)),
            },
        };
        let Brought { mut told, again } = match brought {
            Ok(brought) => brought,
            Err(verdict) => return verdict,
        };
        let posted_to_action = lane
            .payload
            .as_ref()
            .is_some_and(|payload| payload.target == PayloadTarget::Action);
        if let Some(action) = action.filter(|_| !posted_to_action) {
            match self.actions.run(&action).await {
                Ok(done) => told = format!("{told}; {done}"),
                // The file is there and the action is not known to have taken it.
                Err(why) => {
                    return Verdict::Unknown {
                        why: format!("{told}; {why}").into(),
                    };
                }
            }
        }
        self.waiting().remove(&ship);
        let receipt = told.into();
        match again {
            true => Verdict::Duplicate { receipt },
            false => Verdict::Accepted { receipt },
        }
    }

    /// Puts a parcel into its folder, unless it is there.
    async fn put(
        &self,
        door: &dyn FileTransfer,
        delivery: &Delivery<'_>,
        lane: &Lane,
        ship: ShipId,
        parcel: &Parcel,
    ) -> Result<Brought, Verdict> {
        let upload = upload(lane, parcel);
        let found = |again| Brought {
            told: format!("found as {}/{}", lane.directory, parcel.name),
            again,
        };
        if self.waiting().contains(&ship) {
            // It was there when the ledger asked last. If it is not there now, the action may have taken it.
            return match delivery.look(&upload).await {
                Ok(Some(_)) => Ok(found(false)),
                Ok(None) => Err(verdict::unknown(
                    "the file that waited for its action is gone, and nobody knows whether the action took it",
                )),
                Err(error) => Err(verdict::unknown(error)),
            };
        }
        let delivered = match lane.repeat {
            partner::Repeat::Probe => delivery.send(&upload).await,
            // What cannot be asked is not looked into; and where repeats have no effect, a look would be wasted.
            partner::Repeat::Blind | partner::Repeat::Deduplicated => {
                door.upload(&upload).await.map(Delivered::Sent)
            }
        };
        match delivered {
            Ok(Delivered::Sent(receipt)) => Ok(Brought {
                told: format!("{} as {}/{}", receipt.status, lane.directory, receipt.name),
                again: false,
            }),
            Ok(Delivered::Found(_)) => Ok(found(true)),
            // The name holds a number that is given once: whoever has it has this parcel, unless a look says otherwise.
            Err(error) if verdict::is_name_taken(&error) => match lane.repeat {
                partner::Repeat::Probe => match delivery.look(&upload).await {
                    Ok(Some(_)) => Ok(found(true)),
                    Ok(None) | Err(_) => Err(verdict::unknown(error)),
                },
                partner::Repeat::Blind | partner::Repeat::Deduplicated => Ok(found(true)),
            },
            Err(error) => Err(verdict::of(&error)),
        }
    }

    /// What the folder says of a parcel.
    async fn look(
        &self,
        cx: &Cx,
        lane: &Lane,
        stamp: &Stamp,
        parcel: &Parcel,
    ) -> Result<Probe, Error> {
        let Ok(door) = self.folder(lane) else {
            return Ok(Probe::Unsupported);
        };
        let delivery = Self::delivery(door, &cx.clock, self.settings.request_timeout);
        let there = match delivery.look(&upload(lane, parcel)).await {
            Ok(found) => found.is_some(),
            // Another document, or a part of this one: a person has to look.
            Err(error) if error.kind() == ErrorKind::Conflict => return Ok(Probe::Unsupported),
            Err(error) => return Err(error),
        };
        Ok(match (there, &lane.action) {
            (true, None) => Probe::Found {
                receipt: format!("found as {}/{}", lane.directory, parcel.name).into(),
            },
            // It has not been sent on. Once `settle` has passed the ledger delivers it again, which finds it and runs
            // the action only.
            (true, Some(_)) if lane.action_again => {
                self.waiting().insert(stamp.ship);
                Probe::Absent
            }
            (true, Some(_)) => Probe::Unsupported,
            (false, _) if self.waiting().contains(&stamp.ship) => Probe::Unsupported,
            (false, _) if lane.absence_is_proof => Probe::Absent,
            // It may still be on its way. The ledger believes no absence before `settle` has passed since the send, and
            // that came after the stamp: it asks again.
            (false, _) if cx.clock.wall() < stamp.at + self.settings.settle => Probe::Absent,
            // Cleo may have picked it up.
            (false, _) => Probe::Unsupported,
        })
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, HashSet<ShipId>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
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
        stamp: &Stamp,
        parcel: &Parcel,
        timeout: Duration,
    ) -> Verdict {
        let lane = match self.lane(lane) {
            Ok(lane) => lane,
            Err(why) => return verdict::rest(why),
        };
        let call = pin!(self.bring(cx, lane, stamp.ship, parcel, timeout));
        let late = cx.clock.sleep(timeout);
        // The client has deadlines of its own for each call; this one holds for all of them together.
        match select(call, late).await {
            Either::Left((verdict, _)) => verdict,
            Either::Right(((), _)) => verdict::unknown(format!("no answer within {timeout:?}")),
        }
    }

    async fn probe(
        &self,
        cx: &Cx,
        lane: &str,
        stamp: &Stamp,
        parcel: &Parcel,
    ) -> Result<Probe, SourceError> {
        let Ok(lane) = self.lane(lane) else {
            return Ok(Probe::Unsupported);
        };
        let looked = self.look(cx, lane, stamp, parcel).await;
        looked.map_err(|error| verdict::failure(&error))
    }
}

fn upload(lane: &Lane, parcel: &Parcel) -> Upload {
    Upload::new(&*lane.directory, &*parcel.name, parcel.bytes.clone()).with_content_type(match lane
        .format
    {
        Format::X12 => "application/edi-x12",
        Format::Json => "application/json",
    })
}

/// The engine's clock for the client.
#[derive(Debug)]
struct Waits(Arc<dyn Clock>);

#[async_trait]
impl cleo_client::Clock for Waits {
    fn now(&self) -> SystemTime {
        self.0.wall()
    }

    async fn sleep(&self, duration: Duration) {
        self.0.sleep(duration).await;
    }

    fn jitter(&self) -> f64 {
        self.0.jitter(Duration::from_secs(1)).as_secs_f64()
    }
}
