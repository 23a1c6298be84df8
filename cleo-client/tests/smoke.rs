#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
//! Both ways of file transfer against the double.

use cleo_client::{
    file_transfer::{FileTransfer, HttpServerTransfer, RestTransfer, Upload},
    testing::{FakeCleo, RunScript},
};

#[tokio::test]
async fn smoke() {
    let cleo = FakeCleo::builder()
        .user("edi", "pw")
        .connection("ACME", "as2")
        .action("ACME", "send", RunScript::success())
        .start()
        .await
        .unwrap();
    let client = cleo.client("edi", "pw").build().unwrap();
    assert!(
        client
            .connections()
            .find_by_alias("ACME")
            .await
            .unwrap()
            .is_some()
    );
    let action = client
        .actions()
        .find_in_connection("ACME", "send")
        .await
        .unwrap()
        .unwrap();
    assert!(
        client
            .actions()
            .run(&action)
            .send()
            .await
            .unwrap()
            .is_success()
    );
    let rest = RestTransfer::new(&client).unwrap();
    let server = HttpServerTransfer::builder(&client).build().unwrap();
    for files in [&rest as &dyn FileTransfer, &server] {
        assert!(!files.exists("out/a", "x.edi").await.unwrap());
        files
            .upload(&Upload::new("out/a", "x.edi", "ISA"))
            .await
            .unwrap();
        assert!(files.exists("out/a", "x.edi").await.unwrap());
        assert_eq!(files.list("out/a").await.unwrap().len(), 1);
        assert_eq!(&files.download("out/a", "x.edi").await.unwrap()[..], b"ISA");
        files.delete("out/a", "x.edi").await.unwrap();
        assert!(!files.exists("out/a", "x.edi").await.unwrap());
    }
    assert_eq!(cleo.counters().logins, 1);
}
