//! A thread that owns a connection.

use std::fmt;
use std::thread::JoinHandle;

use rusqlite::{Connection, ErrorCode};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::oneshot;

use super::unavailable;
use crate::store::StoreError;

/// How many requests may wait before the senders do.
const QUEUE: usize = 1024;

/// How many commits share one transaction at most.
const GROUP: usize = 128;

/// Runs jobs on a connection, in the order of their arrival.
pub(super) struct Worker {
    sender: Option<Sender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
    writer: bool,
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
        let (sender, mut receiver) = channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name(name.into())
            .spawn(move || {
                if writer {
                    write(connection, &mut receiver);
                } else {
                    read(&connection, &mut receiver);
                }
            })
            .map_err(|error| StoreError::Unavailable(error.to_string().into()))?;
        Ok(Self {
            sender: Some(sender),
            thread: Some(thread),
            writer,
        })
    }

    /// Runs one job and waits for its answer; a writer answers once the job's transaction is durable.
    ///
    /// While the queue is full the task waits, not its thread; a future that is dropped then has done nothing.
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
            .await
            .map_err(|_| gone())?;
        match wait.await {
            Ok(answer) => answer,
            Err(_) if self.writer => {
                let text = "the ledger's thread has ended before it answered";
                Err(StoreError::Unknown(text.into()))
            }
            Err(_) => Err(gone()),
        }
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

fn read(connection: &Connection, receiver: &mut Receiver<Box<dyn Job>>) {
    while let Some(mut job) = receiver.blocking_recv() {
        // Readers see one whole state, whatever the writer does meanwhile.
        let failed = match run(connection, "BEGIN") {
            Ok(()) => {
                job.work(connection);
                run(connection, "COMMIT").map_err(unavailable).err()
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
fn write(connection: Connection, receiver: &mut Receiver<Box<dyn Job>>) {
    while let Some(first) = receiver.blocking_recv() {
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
    // What an earlier group could not roll back must not keep every later one out.
    roll_back(connection).map_err(unavailable)?;
    run(connection, "BEGIN IMMEDIATE").map_err(unavailable)?;
    // Alone in its transaction, a job needs no savepoint, which would copy each page that it writes.
    if let [job] = group {
        if !job.work(connection) {
            // The job's own error is the answer.
            return roll_back(connection).map_err(unavailable);
        }
        if connection.is_autocommit() {
            return Err(undone());
        }
        return commit(connection);
    }
    let done = group.iter_mut().try_for_each(|job| {
        let run = |sql| run(connection, sql).map_err(unavailable);
        run("SAVEPOINT job")?;
        if !job.work(connection) {
            if connection.is_autocommit() {
                return Err(undone());
            }
            run("ROLLBACK TO job")?;
        }
        run("RELEASE job")
    });
    if let Err(error) = done {
        // Nobody has asked for a COMMIT: nothing was done, even where the rollback has to wait for the next group.
        drop(roll_back(connection));
        return Err(error);
    }
    commit(connection)
}

/// A full disk and some other failures end the whole transaction, with those who share it.
fn undone() -> StoreError {
    let text = "a commit in the same transaction has failed, and SQLite has undone all of it";
    StoreError::Unavailable(text.into())
}

fn commit(connection: &Connection) -> Result<(), StoreError> {
    let Err(error) = run(connection, "COMMIT") else {
        return Ok(());
    };
    match roll_back(connection) {
        Ok(()) => Err(not_committed(&error)),
        Err(rollback) => Err(StoreError::Unknown(format!("{error}; {rollback}").into())),
    }
}

/// Ends a transaction that is open; SQLite ends some by itself when they fail.
fn roll_back(connection: &Connection) -> Result<(), rusqlite::Error> {
    if connection.is_autocommit() {
        return Ok(());
    }
    connection.execute_batch("ROLLBACK")
}

/// Runs a statement that is compiled once.
fn run(connection: &Connection, sql: &str) -> Result<(), rusqlite::Error> {
    connection.prepare_cached(sql)?.execute([]).map(drop)
}

/// What a COMMIT that failed and was rolled back means for those who wait for it.
///
/// A full disk or a lock keeps it from being written, so nothing was done. After any other failure (an fsync, say)
/// its frames may be whole in the write-ahead log, and whoever opens the file after a crash would find them.
fn not_committed(error: &rusqlite::Error) -> StoreError {
    let text = error.to_string().into();
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull | ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            StoreError::Unavailable(text)
        }
        _ => StoreError::Unknown(text),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::FutureExt;
    use futures_util::future::{join_all, join3};
    use rusqlite::ffi;

    use super::*;

    fn in_memory(sql: &str) -> Worker {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(sql).unwrap();
        Worker::start("test", connection, true).unwrap()
    }

    fn insert(sql: &'static str) -> impl FnOnce(&Connection) -> Result<(), StoreError> + Send {
        move |connection| connection.execute_batch(sql).map_err(unavailable)
    }

    fn rows(connection: &Connection) -> Result<i64, StoreError> {
        connection
            .query_row("SELECT count(*) FROM t", [], |row| row.get(0))
            .map_err(unavailable)
    }

    #[tokio::test]
    async fn a_commit_that_fails_for_another_reason_than_space_or_a_lock_is_unknown() {
        // A broken reference is found by COMMIT itself, after every statement has succeeded.
        let worker = in_memory(
            "PRAGMA foreign_keys = ON; CREATE TABLE t (id INTEGER PRIMARY KEY, \
             other INTEGER REFERENCES t (id) DEFERRABLE INITIALLY DEFERRED)",
        );
        let failed = worker.run(insert("INSERT INTO t VALUES (1, 7)")).await;
        assert!(matches!(failed, Err(StoreError::Unknown(_))), "{failed:?}");
        // It is rolled back, and does not stand in the way of the next.
        assert_eq!(worker.run(rows).await, Ok(0));
        let next = worker.run(insert("INSERT INTO t VALUES (2, 2)")).await;
        assert_eq!(next, Ok(()));
        assert_eq!(worker.run(rows).await, Ok(1));
    }

    #[test]
    fn only_a_full_disk_and_a_lock_say_that_nothing_was_done() {
        let refused = [
            (ffi::SQLITE_FULL, true),
            (ffi::SQLITE_BUSY, true),
            (ffi::SQLITE_BUSY_SNAPSHOT, true),
            (ffi::SQLITE_LOCKED, true),
            (ffi::SQLITE_IOERR, false),
            (ffi::SQLITE_IOERR_FSYNC, false),
            (ffi::SQLITE_IOERR_WRITE, false),
            (ffi::SQLITE_CORRUPT, false),
            (ffi::SQLITE_NOMEM, false),
        ];
        for (code, nothing) in refused {
            let error = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
            let told = not_committed(&error);
            let unavailable = matches!(told, StoreError::Unavailable(_));
            let unknown = matches!(told, StoreError::Unknown(_));
            assert_eq!(
                (unavailable, unknown),
                (nothing, !nothing),
                "{code}: {told:?}"
            );
        }
    }

    #[tokio::test]
    async fn a_job_that_ends_the_transaction_takes_its_group_with_it_and_no_later_one() {
        let worker = in_memory("CREATE TABLE t (id INTEGER PRIMARY KEY)");
        // As SQLite does by itself on some errors, a full disk among them.
        let ended = worker
            .run(|connection| {
                connection
                    .execute_batch("INSERT INTO t VALUES (1); ROLLBACK")
                    .map_err(unavailable)
            })
            .await;
        assert!(
            matches!(ended, Err(StoreError::Unavailable(_))),
            "{ended:?}"
        );
        let next = worker.run(insert("INSERT INTO t VALUES (2)")).await;
        assert_eq!(next, Ok(()));
        assert_eq!(worker.run(rows).await, Ok(1));
    }

    /// On one thread: were it blocked by the full queue, the gate would never open.
    #[tokio::test]
    async fn a_full_queue_makes_tasks_wait_and_not_their_thread() {
        let worker = in_memory("CREATE TABLE t (id INTEGER PRIMARY KEY)");
        let (open, gate) = std::sync::mpsc::channel::<()>();
        let held = worker.run(move |_| {
            gate.recv()
                .map_err(|error| StoreError::Corrupt(error.to_string().into()))
        });
        let many =
            (0..2 * (QUEUE + GROUP)).map(|_| worker.run(insert("INSERT INTO t DEFAULT VALUES")));
        let opener = async { open.send(()).unwrap() };
        let (held, many, ()) = join3(held, join_all(many), opener).await;
        assert_eq!(held, Ok(()));
        assert!(many.iter().all(Result::is_ok));
        assert_eq!(
            worker.run(rows).await,
            Ok(i64::try_from(many.len()).unwrap())
        );
    }

    #[test]
    fn what_was_sent_is_done_before_a_worker_that_is_dropped_ends() {
        let worker = in_memory("");
        let done = Arc::new(AtomicUsize::new(0));
        let (open, gate) = std::sync::mpsc::channel::<()>();
        let held = worker.run(move |_| {
            gate.recv().ok();
            Ok(())
        });
        assert!(held.now_or_never().is_none());
        for _ in 0..100 {
            let done = Arc::clone(&done);
            let sent = worker.run(move |_| {
                done.fetch_add(1, Ordering::SeqCst);
                Ok(())
            });
            assert!(sent.now_or_never().is_none());
        }
        open.send(()).unwrap();
        drop(worker);
        assert_eq!(done.load(Ordering::SeqCst), 100);
    }

    #[tokio::test]
    async fn a_writer_whose_thread_dies_leaves_it_open_what_was_done() {
        let worker = in_memory("");
        let answer = worker
            .run(|_| -> Result<(), StoreError> {
                std::panic::resume_unwind(Box::new("on purpose"))
            })
            .await;
        assert!(matches!(answer, Err(StoreError::Unknown(_))), "{answer:?}");
    }
}
