//! The delivery of a shipment as a pure state machine.
//!
//! ```text
//!              prepare                 send                   verdict
//!  documents ──────────► Prepared ───────────────► Sent ──────────────────► Confirmed ──► Acknowledged
//!                           ▲                     │ │ │
//!                           └──── not sent ───────┘ │ └── rejected ───────► Dead
//!                                                   │ unknown, or found after a crash
//!                                                   ▼
//!                                    ┌────────── InDoubt ──── found ──────► Confirmed
//!                                    │              │
//!                                    │              └─ absent after settle, or the sink deduplicates ─► Sent again,
//!                                    ▼                                          same numbers, same bytes
//!                                  Review ── a person ──► Confirmed | Prepared | Dead
//! ```
//!
//! [`step`] knows no clock, store or network: it is given the state, what happened, and the rule, and answers with
//! the next state and what to do. The pipeline makes the state durable **before** it does anything.

mod state;
mod step;

pub use state::{Delivery, Phase};
pub use step::{Command, Event, Illegal, Release, Rule, Why, step};
