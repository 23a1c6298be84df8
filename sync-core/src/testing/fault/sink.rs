//! A sink whose calls go wrong.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::plan::Due;
use super::source::failed;
use super::{Fault, Process, Seam};
use crate::pipeline::Cx;
use crate::sink::{Probe, Sink, SinkCaps, Verdict};
use crate::source::SourceError;
use crate::transform::{Parcel, Stamp};

/// A [`Sink`] as one [`Process`] sees it: each delivery and each question is a point where it may die.
///
/// A delivery that is refused answers [`Verdict::NotSent`], one whose request or answer is lost or late
/// [`Verdict::Unknown`]. A question that goes wrong answers an error.
#[derive(Debug)]
pub struct FaultySink<K> {
    process: Process,
    inner: Arc<K>,
}

impl<K: Sink> FaultySink<K> {
    pub(super) fn new(process: Process, inner: K) -> Self {
        let inner = Arc::new(inner);
        Self { process, inner }
    }
}

#[async_trait]
impl<K: Sink> Sink for FaultySink<K> {
    fn caps(&self, lane: &str) -> SinkCaps {
        self.inner.caps(lane)
    }

    async fn deliver(
        &self,
        cx: &Cx,
        lane: &str,
        stamp: &Stamp,
        parcel: &Parcel,
        timeout: Duration,
    ) -> Verdict {
        let fault = self.process.point(Seam::Sink, "deliver", true).await;
        let now = cx.clock.mono();
        self.process.plan().land(Seam::Sink, Some(now)).await;
        let deliver = self.inner.deliver(cx, lane, stamp, parcel, timeout);
        let unknown = |why: &str| Verdict::Unknown { why: why.into() };
        let verdict = match fault {
            None | Some(Fault::Crash(_) | Fault::Pause) => deliver.await,
            Some(Fault::Refuse) => Verdict::NotSent {
                after: None,
                why: "the connection was refused on purpose".into(),
            },
            Some(Fault::LoseRequest) => unknown("the request was lost on purpose"),
            Some(Fault::LoseAnswer) => {
                deliver.await;
                unknown("the answer was lost on purpose")
            }
            Some(Fault::Late) => {
                let (inner, cx, lane) =
                    (Arc::clone(&self.inner), cx.clone(), Box::<str>::from(lane));
                let (stamp, parcel) = (stamp.clone(), parcel.clone());
                let effect = async move {
                    inner.deliver(&cx, &lane, &stamp, &parcel, timeout).await;
                };
                self.process.plan().hold(Due::At(now + timeout), effect);
                unknown("the request was given up while it was on its way, on purpose")
            }
        };
        self.process.passed(fault).await;
        verdict
    }

    async fn probe(
        &self,
        cx: &Cx,
        lane: &str,
        stamp: &Stamp,
        parcel: &Parcel,
    ) -> Result<Probe, SourceError> {
        let fault = self.process.point(Seam::Sink, "probe", false).await;
        let now = cx.clock.mono();
        self.process.plan().land(Seam::Sink, Some(now)).await;
        let answer = match fault {
            None | Some(Fault::Crash(_) | Fault::Pause) => {
                self.inner.probe(cx, lane, stamp, parcel).await
            }
            Some(fault) => Err(failed("probe", fault)),
        };
        self.process.passed(fault).await;
        answer
    }
}
