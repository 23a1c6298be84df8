use std::time::Duration;

use futures_util::TryStreamExt as _;
use peoplesoft_client::testing::{FakeQuery, Trouble};
use peoplesoft_client::{ErrorKind, Owner, PollStatus, Profile, QueryFormat, Sent};

use crate::support::{gateway, output};

fn many() -> FakeQuery {
    let query = FakeQuery::new("X_LONG", ["A.ID"]).numeric("A.ID");
    (0..25).fold(query, |query, row| query.row([row.to_string()]))
}

#[tokio::test]
async fn an_answer_is_waited_for_and_taken_in_blocks() {
    for format in [QueryFormat::Json, QueryFormat::Xmlp] {
        let (fake, client, clock) = gateway(Profile::default()).await;
        fake.put_query(many());
        fake.set_output(output(|output| {
            output.poll_turns = 3;
            output.block_rows = 10;
        }));
        let request = client.query(Owner::Public, "X_LONG").format(format);
        let polled = request.poll().await.unwrap();
        assert_eq!(
            polled.status().await.unwrap(),
            PollStatus::Running("queued".to_owned())
        );
        let rows = polled.wait(Duration::from_secs(60)).await.unwrap();
        assert_eq!(clock.slept(), [Duration::from_secs(5); 2]);
        let rows: Vec<_> = rows.rows().try_collect().await.unwrap();
        assert_eq!(rows.len(), 25);
        assert_eq!(rows[24].get("A.ID"), Some("24"));
        let paths: Vec<String> = fake
            .requests()
            .iter()
            .map(|sent| sent.path.clone())
            .collect();
        assert!(paths[0].ends_with(&format!(
            "/ExecuteQueryPoll.v1/PUBLIC/X_LONG/{format}/NONFILE"
        )));
        assert!(paths[1].ends_with("/QueryStatus.v1/getstatus"));
        assert_eq!(
            paths
                .iter()
                .filter(|path| path.ends_with("/QueryResults.v1/getresults"))
                .count(),
            3
        );
        assert_eq!(
            client
                .query(Owner::Public, "X_LONG")
                .format(format)
                .poll()
                .await
                .unwrap()
                .rows()
                .rows()
                .try_collect::<Vec<_>>()
                .await
                .unwrap()
                .len(),
            25
        );
    }
}

#[tokio::test]
async fn what_does_not_end_in_time_may_be_waited_for_again() {
    let (fake, client, _) = gateway(Profile::default()).await;
    fake.put_query(many());
    fake.set_output(output(|output| output.poll_turns = 4));
    let polled = client.query(Owner::Public, "X_LONG").poll().await.unwrap();
    let late = polled.wait(Duration::from_secs(6)).await.unwrap_err();
    assert_eq!(late.kind(), ErrorKind::Timeout);
    insta::assert_snapshot!(late, @"PUBLIC/X_LONG on PSFT_EP (QAS_QUERYSTATUS_REST_GET): the query is not done in time; its status is `queued`");
    let mut rows = polled.wait(Duration::from_secs(60)).await.unwrap();
    assert!(rows.next_row().await.unwrap().is_some());
}

#[tokio::test]
async fn a_run_that_fails_says_so_and_is_not_started_twice() {
    let (fake, client, _) = gateway(Profile::default()).await;
    fake.put_query(many());
    let request = client.query(Owner::Public, "X_LONG");
    let polled = request.clone().poll().await.unwrap();
    fake.trouble_next(Trouble::Body {
        status: 200,
        content_type: "text/xml".to_owned(),
        body: "<R><Status>killed</Status></R>".to_owned(),
    });
    let killed = polled.wait(Duration::from_secs(60)).await.unwrap_err();
    insta::assert_snapshot!(killed, @"PUBLIC/X_LONG on PSFT_EP (QAS_QUERYSTATUS_REST_GET): the query ended with status `killed`");
    fake.clear_requests();
    fake.trouble_next(Trouble::CutBody);
    let lost = request.clone().poll().await.unwrap_err();
    assert_eq!((lost.was_sent(), fake.requests().len()), (Sent::Yes, 1));
    fake.trouble_next(Trouble::Body {
        status: 200,
        content_type: "text/xml".to_owned(),
        body: "<R/>".to_owned(),
    });
    insta::assert_snapshot!(
        request.poll().await.unwrap_err(),
        @"PUBLIC/X_LONG on PSFT_EP (QAS_EXECUTEQRYPOLL_REST_GET): the answer names no query instance: none of QueryInstance, QueryInstanceID, InstanceID, TransactionID is in it"
    );
}

#[tokio::test]
async fn the_answers_have_the_documented_shape() {
    let (fake, client, _) = gateway(Profile::default()).await;
    fake.put_query(many());
    fake.set_output(output(|output| output.block_rows = 2));
    let polled = client
        .query(Owner::Public, "X_LONG")
        .format(QueryFormat::Xmlp)
        .poll()
        .await
        .unwrap();
    let status = client
        .rest("QueryStatus.v1")
        .segment("getstatus")
        .query("instanceid", polled.instance());
    insta::assert_snapshot!("poll_status", status.send().await.unwrap().text().unwrap());
    let block = client
        .rest("QueryResults.v1")
        .segment("getresults")
        .query("blocknumber", "2")
        .query("instanceid", polled.instance());
    insta::assert_snapshot!("poll_block", block.send().await.unwrap().text().unwrap());
}
