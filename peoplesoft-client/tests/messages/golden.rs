//! Every message that this crate writes, as it goes out; a line break stands between tags here.

use peoplesoft_client::Profile;
use peoplesoft_client::rowset::{Message, WriteOptions};

use super::acknowledgement;
use super::support::{gateway, whole_voucher};

fn shown(message: &Message) -> String {
    let xml = message.to_xml(&WriteOptions::default()).unwrap();
    xml.replace("><", ">\n<") + "\n"
}

#[tokio::test]
async fn voucher_build() {
    let (_fake, client) = gateway(Profile::default()).await;
    let message = client.voucher_builds().message(&whole_voucher()).unwrap();
    assert_eq!(shown(&message), include_str!("../golden/voucher_build.xml"));
}

#[tokio::test]
async fn purchase_order_acknowledgement() {
    let (_fake, client) = gateway(acknowledgement::profile()).await;
    let message = client
        .acknowledgement_message(&acknowledgement::acknowledgement())
        .unwrap();
    assert_eq!(
        shown(&message),
        include_str!("../golden/po_acknowledgement.xml")
    );
}
