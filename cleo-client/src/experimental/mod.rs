//! What is said to exist and has not been seen: it may change in any release, without notice.
//!
//! Integrators say that audit events and folders can be read through the API; Cleo's own material confirms that log
//! events can be. Where they are, and what is in them, nobody published. So the paths are arguments, no field is
//! required, and everything that comes is kept.
//!
//! [`RestTransfer`](crate::file_transfer::RestTransfer) and [`payload`](crate::payload) stand on the same ground.

mod event;
mod folder;

pub use self::{
    event::{Event, Events},
    folder::{Folder, Folders},
};
