//! The examples do what they say.

#[path = "../examples/inbox.rs"]
mod inbox;
#[path = "../examples/partner_setup.rs"]
mod partner_setup;
#[path = "../examples/purchase_order.rs"]
mod purchase_order;

#[test]
fn a_partner_is_set_up_once() {
    partner_setup::main().unwrap();
}

#[test]
fn a_purchase_order_arrives_once() {
    purchase_order::main().unwrap();
}

#[test]
fn an_inbox_is_fetched_and_emptied() {
    inbox::main().unwrap();
}
