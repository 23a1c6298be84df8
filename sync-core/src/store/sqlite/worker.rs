//! A thread that owns a connection.

use std::fmt;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::unavailable;
use crate::store::StoreError;

/// How many requests may wait before the senders do.
const QUEUE: usize = 1024;

/// How many commits share one transaction at most.
const GROUP: usize = 128;

/// Runs jobs on a connection, in the order of their arrival.
pub(super) struct Worker {
    sender: Option<SyncSender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker").finish_non_exhaustive()
    }
}

impl Worker {
    /// Starts a thread; a `writer` puts the jobs that wait into one transaction.
    pub(super) fn start(
        name: &str,
        connection: Connection,
        writer: bool,
    ) -> Result<Self, StoreError> {
        let (sender, receiver) = sync_channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name(name.into())
            .spawn(move || {
                if writer {
                    write(connection, &receiver)
                } else {
                    read(&connection, &receiver)
                }
            })
            .map_err(|error| StoreError::Unavailable(error.to_string().into()))?;
        Ok(Self {
            sender: Some(sender),
            thread: Some(thread),
        })
    }

    /// Runs one job and waits for its answer; a writer answers once the job's transaction is durable.
    pub(super) async fn run<X: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> Result<X, StoreError> + Send + 'static,
    ) -> Result<X, StoreError> {
        let gone = || StoreError::Unavailable("the ledger's thread has ended".into());
        let (answer, wait) = oneshot::channel();
        let job = Box::new(Pending {
            job: Some(job),
            result: None,
            answer: Some(answer),
        });
        self.sender
            .as_ref()
            .ok_or_else(gone)?
            .send(job)
            .map_err(|_| gone())?;
        wait.await.map_err(|_| gone())?
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Closing the channel ends the loop; whatever was sent before is still done.
        self.sender = None;
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has nothing more to say, and a destructor must not panic itself.
            drop(thread.join());
        }
    }
}

trait Job: Send {
    /// Does the work; whether it succeeded.
    fn work(&mut self, connection: &Connection) -> bool;
    /// Sends the answer, or `failed` in its place.
    fn answer(self: Box<Self>, failed: Option<StoreError>);
}

struct Pending<F, X> {
    job: Option<F>,
    result: Option<Result<X, StoreError>>,
    answer: Option<oneshot::Sender<Result<X, StoreError>>>,
}

impl<F, X> Job for Pending<F, X>
where
    F: FnOnce(&Connection) -> Result<X, StoreError> + Send,
    X: Send,
{
    fn work(&mut self, connection: &Connection) -> bool {
        if let Some(job) = self.job.take() {
            self.result = Some(job(connection));
        }
        matches!(self.result, Some(Ok(_)))
    }

    fn answer(mut self: Box<Self>, failed: Option<StoreError>) {
        let lost = || Err(StoreError::Unknown("the job was not run".into()));
        let result = match failed {
            Some(error) if !matches!(self.result, Some(Err(_))) => Err(error),
            _ => self.result.take().unwrap_or_else(lost),
        };
        if let Some(answer) = self.answer.take() {
            // The caller may be gone: a dropped future is like a crash after the commit.
            drop(answer.send(result));
        }
    }
}

fn read(connection: &Connection, receiver: &Receiver<Box<dyn Job>>) {
    while let Ok(mut job) = receiver.recv() {
        // Readers see one whole state, whatever the writer does meanwhile.
        let failed = match connection.execute_batch("BEGIN") {
            Ok(()) => {
                job.work(connection);
                connection
                    .execute_batch("COMMIT")
                    .map_err(unavailable)
                    .err()
            }
            Err(error) => Some(unavailable(error)),
        };
        job.answer(failed);
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the thread owns the connection and closes it at its end"
)]
fn write(connection: Connection, receiver: &Receiver<Box<dyn Job>>) {
    while let Ok(first) = receiver.recv() {
        let mut group = vec![first];
        while group.len() < GROUP {
            match receiver.try_recv() {
                Ok(next) => group.push(next),
                Err(_) => break,
            }
        }
        let failed = write_group(&connection, &mut group).err();
        for job in group {
            job.answer(failed.clone());
        }
    }
}

/// One transaction for all, one savepoint for each: a job that fails undoes only itself.
fn write_group(connection: &Connection, group: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
    connection
        .execute_batch("BEGIN IMMEDIATE")
        .map_err(unavailable)?;
    let done = group.iter_mut().try_for_each(|job| {
        connection.execute_batch("SAVEPOINT job")?;
        if !job.work(connection) {
            connection.execute_batch("ROLLBACK TO job")?;
        }
        connection.execute_batch("RELEASE job")
    });
    let ended = done.and_then(|()| connection.execute_batch("COMMIT"));
    if let Err(error) = ended {
        // A COMMIT that failed (a full disk) leaves the transaction open: undo it, so that "not done" is the truth.
        return match connection.execute_batch("ROLLBACK") {
            Ok(()) => Err(unavailable(error)),
            Err(_) if connection.is_autocommit() => {
                // SQLite has ended the transaction by itself; which way is not known.
                Err(StoreError::Unknown(error.to_string().into()))
            }
            Err(rollback) => Err(StoreError::Unknown(format!("{error}; {rollback}").into())),
        };
    }
    Ok(())
}
