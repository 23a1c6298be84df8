//! How queries are polled that the Process Scheduler runs.

use serde::{Deserialize, Serialize};

use super::schema::section;

section! {
/// How a query is run by the Process Scheduler and its answer taken later (Query Access Service,
/// `QAS_EXECUTEQRYPOLL_REST_GET` and its companions).
///
/// The addresses of status and answer, the words of the status and the blocks of the answer are those
/// of PeopleTools 8.63's documentation; the address that starts a run is by analogy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct QueryPoll {
    /// REST alias of the operation that starts a run (`ExecuteQueryPoll`).
    pub execute_alias: String,
    /// What stands between that alias and the owner of the query (nothing).
    pub execute_path: String,
    /// Its service operation, for messages (`QAS_EXECUTEQRYPOLL_REST_GET`).
    pub execute_operation: String,
    /// REST alias of the operation that tells the status (`QueryStatus`).
    pub status_alias: String,
    /// What follows that alias (`getstatus`).
    pub status_path: String,
    /// Its service operation, for messages (`QAS_QUERYSTATUS_REST_GET`).
    pub status_operation: String,
    /// REST alias of the operation that gives the answer (`QueryResults`).
    pub results_alias: String,
    /// What follows that alias (`getresults`).
    pub results_path: String,
    /// Its service operation, for messages (`QAS_GETQUERYRESULTS_REST_GET`).
    pub results_operation: String,
    /// Version after each of the aliases (`v1`).
    pub version: String,
    /// Parameter that names the run (`instanceid`).
    pub instance_parameter: String,
    /// Parameter that names the block of the answer, from 1 (`blocknumber`).
    pub block_parameter: String,
    /// Elements or members in which the answer to a start names the run, in any letter case.
    pub instance_names: Vec<String>,
    /// Element or member that tells the status, in any letter case (`Status`).
    pub status_name: String,
    /// Words of the status of a run whose answer can be taken (`success`).
    pub done: Vec<String>,
    /// Words of the status of a run that has no answer (`error`, `killed`, `idNotFound`); with any other
    /// word it runs.
    pub failed: Vec<String>,
    /// Status of a block that is followed by others (`blockRetrieved`).
    pub more_blocks: String,
    /// Status of the last block (`finalBlockRetrieved`).
    pub last_block: String,
}
}

impl Default for QueryPoll {
    fn default() -> Self {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Self {
            execute_alias: "ExecuteQueryPoll".to_owned(),
            execute_path: String::new(),
            execute_operation: "QAS_EXECUTEQRYPOLL_REST_GET".to_owned(),
            status_alias: "QueryStatus".to_owned(),
            status_path: "getstatus".to_owned(),
            status_operation: "QAS_QUERYSTATUS_REST_GET".to_owned(),
            results_alias: "QueryResults".to_owned(),
            results_path: "getresults".to_owned(),
            results_operation: "QAS_GETQUERYRESULTS_REST_GET".to_owned(),
            version: "v1".to_owned(),
            instance_parameter: "instanceid".to_owned(),
            block_parameter: "blocknumber".to_owned(),
            instance_names: words(&[
                "QueryInstance",
                "QueryInstanceID",
                "InstanceID",
                "TransactionID",
            ]),
            status_name: "Status".to_owned(),
            done: words(&["success"]),
            failed: words(&["error", "killed", "idNotFound"]),
            more_blocks: "blockRetrieved".to_owned(),
            last_block: "finalBlockRetrieved".to_owned(),
        }
    }
}
