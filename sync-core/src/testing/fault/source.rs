//! A source whose calls go wrong.

use async_trait::async_trait;
use bytes::Bytes;

use super::{Fault, Process, Seam};
use crate::cursor::Fingerprint;
use crate::pipeline::Cx;
use crate::record::RecordId;
use crate::source::{Page, Poison, Source, SourceError, SourceErrorKind};
use crate::window::{PollRule, Window};

/// A [`Source`] as one [`Process`] sees it: [`Source::now`] and [`Source::fetch`] are points where it may die.
///
/// A call that goes wrong in any other way answers [`SourceErrorKind::Transient`]: reading has no effect.
#[derive(Debug)]
pub struct FaultySource<S> {
    process: Process,
    inner: S,
}

impl<S: Source> FaultySource<S> {
    pub(super) fn new(process: Process, inner: S) -> Self {
        Self { process, inner }
    }

    async fn read<T>(
        &self,
        call: &'static str,
        answer: impl Future<Output = Result<T, SourceError>> + Send,
    ) -> Result<T, SourceError> {
        let fault = self.process.point(Seam::Source, call, false).await;
        let answer = match fault {
            None | Some(Fault::Crash(_) | Fault::Pause) => answer.await,
            Some(fault) => Err(failed(call, fault)),
        };
        self.process.passed(fault).await;
        answer
    }
}

pub(super) fn failed(call: &str, fault: Fault) -> SourceError {
    SourceError {
        kind: SourceErrorKind::Transient,
        operation: call.into(),
        message: format!("{fault} `{call}`, on purpose").into(),
        remedy: None,
        after: None,
    }
}

#[async_trait]
impl<S: Source> Source for FaultySource<S> {
    type Record = S::Record;

    fn rule(&self) -> PollRule {
        self.inner.rule()
    }

    fn fingerprint(&self) -> Fingerprint {
        self.inner.fingerprint()
    }

    async fn now(&self, cx: &Cx) -> Result<i64, SourceError> {
        self.read("now", self.inner.now(cx)).await
    }

    async fn fetch(
        &self,
        cx: &Cx,
        window: &Window,
        page: Option<&Bytes>,
    ) -> Result<Page<S::Record>, SourceError> {
        self.read("fetch", self.inner.fetch(cx, window, page)).await
    }

    fn identify(&self, record: &S::Record) -> Result<RecordId, Poison> {
        self.inner.identify(record)
    }
}
