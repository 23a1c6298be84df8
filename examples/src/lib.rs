#![doc = include_str!("../README.md")]

pub mod acknowledgment;
pub mod code_table;
pub mod command;
pub mod config;
pub mod flow;
pub mod hold;
pub mod integration;
pub mod ledger;
pub mod map;
pub mod matching;
pub mod partner;
mod plans;
pub mod route;
#[cfg(feature = "restate")]
pub mod scale_out;
pub mod simulation;

/// The examples of the workspace's README, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct WorkspaceReadme;
