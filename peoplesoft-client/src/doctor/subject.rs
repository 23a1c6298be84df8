//! What of a profile can be asked without writing anything, and what cannot.

use crate::client::Client;
use crate::connector::Door;
use crate::model::voucher_format::VOUCHER_BUILD;
use crate::profile::{CiDoor, HttpParameters, MessageRoute, Profile};
use crate::service::Service;

/// Something of the profile that a caller may need.
pub(super) struct Subject {
    /// As it stands in the report.
    pub(super) shown: String,
    /// The service operation behind it.
    pub(super) operation: String,
    pub(super) door: Door,
    pub(super) probe: Probe,
}

/// How it is asked.
pub(super) enum Probe {
    /// The query of a service, for an empty window.
    Changed(Service),
    /// A look-up of a service, for a record that is not there.
    LookUp(Service, String),
    /// The query on staged vouchers, for one that is not there.
    Staged,
    /// The query on vouchers of an invoice, for one that is not there.
    Built,
    /// The status of a run that never was.
    PollStatus,
    /// The WSDL document of a component interface.
    Contract(String),
    /// A record of a component interface that is not there.
    Get(String),
    /// A ping of the node through the HTTP door, under the name of an operation.
    Ping(Box<MessageRoute>),
    /// It cannot be, for this reason.
    Never(&'static str),
}

/// Why an asynchronous operation is not asked: each of its messages is a change.
pub(super) const ONLY_BY_POSTING: &str = "cannot be probed without posting";

/// Everything that the profile names, queries first.
pub(super) fn all(client: &Client) -> Vec<Subject> {
    let profile = client.profile();
    let mut subjects = Vec::new();
    for service in Service::ALL {
        changes(profile, service, &mut subjects);
    }
    for service in Service::ALL {
        look_ups(profile, service, &mut subjects);
    }
    building(profile, &mut subjects);
    polling(profile, &mut subjects);
    components(client, &mut subjects);
    messages(client, &mut subjects);
    for name in profile.doors.operations.keys() {
        subjects.push(Subject {
            shown: format!("doors.operations.{name}"),
            operation: client.address_of(name).operation,
            door: Door::Rest,
            probe: Probe::Never("not called, since it may write"),
        });
    }
    subjects
}

fn query(profile: &Profile, place: &str, label: &str, probe: Probe) -> Subject {
    let operation = profile.query_access.operation.clone();
    Subject {
        shown: format!("{place}: {label} ({operation})"),
        operation,
        door: Door::Rest,
        probe,
    }
}

fn changes(profile: &Profile, service: Service, subjects: &mut Vec<Subject>) {
    let spec = profile.query_of(service);
    if spec.is_used() {
        let probe = Probe::Changed(service);
        subjects.push(query(profile, service.name(), &spec.label(), probe));
    }
}

fn look_ups(profile: &Profile, service: Service, subjects: &mut Vec<Subject>) {
    let spec = profile.query_of(service);
    for (name, lookup) in &spec.lookups {
        // A service that is not read at all is not looked up either.
        if spec.is_used() && !lookup.query.trim().is_empty() {
            let place = format!("{service}.lookups.{name}");
            let label = spec.label_of(&lookup.query);
            let probe = Probe::LookUp(service, name.clone());
            subjects.push(query(profile, &place, &label, probe));
        }
    }
}

fn building(profile: &Profile, subjects: &mut Vec<Subject>) {
    let (staged, built) = (&profile.voucher_build.staged, &profile.voucher_build.built);
    for (place, owner, name, probe) in [
        (
            "voucher_build.staged",
            staged.owner,
            &staged.query,
            Probe::Staged,
        ),
        (
            "voucher_build.built",
            built.owner,
            &built.query,
            Probe::Built,
        ),
    ] {
        if !name.trim().is_empty() {
            let label = format!("{}/{name}", owner.as_str());
            subjects.push(query(profile, place, &label, probe));
        }
    }
}

fn polling(profile: &Profile, subjects: &mut Vec<Subject>) {
    let poll = &profile.query_access.poll;
    for (operation, probe) in [
        (&poll.status_operation, Probe::PollStatus),
        (
            &poll.execute_operation,
            Probe::Never("cannot be probed without running a query"),
        ),
        (
            &poll.results_operation,
            Probe::Never("cannot be probed without a query that ran"),
        ),
    ] {
        subjects.push(Subject {
            shown: format!("query_access.poll: {operation}"),
            operation: operation.clone(),
            door: Door::Rest,
            probe,
        });
    }
}

fn components(client: &Client, subjects: &mut Vec<Subject>) {
    for (name, access) in &client.profile().component_interfaces {
        let component = client.component_interface(name);
        let place = format!("component_interfaces.{name}");
        let door = match access.door {
            CiDoor::Soap => Door::Soap,
            CiDoor::Rest => Door::Rest,
        };
        if access.door == CiDoor::Soap && access.soap.namespace.is_empty() {
            let service = component.service();
            subjects.push(Subject {
                shown: format!("{place}: WSDL of {service}"),
                operation: service,
                door,
                probe: Probe::Contract(name.clone()),
            });
        }
        let operation = component.get_operation();
        subjects.push(Subject {
            shown: format!("{place}: {operation}"),
            operation,
            door,
            probe: if access.keys.is_empty() {
                Probe::Never("cannot be probed, since the profile lists no keys of it")
            } else {
                Probe::Get(name.clone())
            },
        });
    }
}

fn messages(client: &Client, subjects: &mut Vec<Subject>) {
    let profile = client.profile();
    for (place, route) in [
        (
            "voucher_build.route",
            profile.voucher_build.route.delivered_as(VOUCHER_BUILD),
        ),
        (
            "vendor_sync",
            profile
                .vendor_sync
                .delivered_as(&profile.vendor_records.sync),
        ),
        (
            "po_acknowledgement.route",
            profile.po_acknowledgement.route.clone(),
        ),
    ] {
        let door = route.door;
        if route.operation.trim().is_empty() {
            subjects.push(Subject {
                shown: place.to_owned(),
                operation: String::new(),
                door,
                probe: Probe::Never("the profile names no operation, so that nothing can be sent"),
            });
            continue;
        }
        let operation = client.address_of(&route.operation).operation;
        subjects.push(Subject {
            shown: format!("{place}: {operation} at the {} door", door.name()),
            operation,
            door,
            probe: if door == Door::Http && ping_travels(profile) {
                Probe::Ping(Box::new(route))
            } else {
                Probe::Never(ONLY_BY_POSTING)
            },
        });
    }
}

/// Whether the word that makes a message a ping has a place at the HTTP door of this site; without it
/// the message would be taken for one of the operation.
fn ping_travels(profile: &Profile) -> bool {
    let http = &profile.doors.http;
    http.parameters == HttpParameters::Document || !http.names.operation_type.is_empty()
}
