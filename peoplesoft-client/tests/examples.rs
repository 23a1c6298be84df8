//! Every example runs to its end.

#[path = "../examples/changed_orders.rs"]
mod changed_orders;
#[path = "../examples/doctor.rs"]
mod doctor;

#[test]
fn reading_changed_orders() {
    changed_orders::main().unwrap();
}

#[test]
fn examining_a_gateway() {
    doctor::main().unwrap();
}
