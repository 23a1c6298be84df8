//! Every example runs to its end.

#[path = "../examples/changed_orders.rs"]
mod changed_orders;
#[path = "../examples/component_interface.rs"]
mod component_interface;
#[path = "../examples/doctor.rs"]
mod doctor;
#[path = "../examples/voucher.rs"]
mod voucher;

#[test]
fn reading_changed_orders() {
    changed_orders::main().unwrap();
}

#[test]
fn changing_records_of_a_component_interface() {
    component_interface::main().unwrap();
}

#[test]
fn examining_a_gateway() {
    doctor::main().unwrap();
}

#[test]
fn having_a_voucher_built() {
    voucher::main().unwrap();
}
