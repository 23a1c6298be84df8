//! What a request costs more than with a bare HTTP client.

use std::time::Duration;

use cleo_client::{Client, Credentials};
use connector_benches::measure::Clock;

use super::say;

/// Less than this is demanded, in microseconds.
const LIMIT: f64 = 20.0;

/// Lets both sides take turns over one connection each, and tells the fastest; whether the demand was met.
pub(super) fn measure(origin: &str, requests: usize, rounds: usize) -> Result<bool, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let url: reqwest::Url = format!("{origin}/api/ping")
        .parse()
        .map_err(|_| "not an address")?;
    let mut turns = [Turns::default(), Turns::default()];
    for _ in 0..rounds {
        // New connections each round: where the system puts the server's thread of one, on this core or on another,
        // is worth more than what is measured here, and stays so for the life of the connection.
        let bare = reqwest::Client::builder()
            .no_proxy()
            .build()
            .map_err(|error| error.to_string())?;
        let client = Client::builder(origin.parse().map_err(|_| "not an address")?)
            .credentials(Credentials::bearer("token"))
            .build()
            .map_err(|error| error.to_string())?;
        for (side, turns) in turns.iter_mut().enumerate() {
            // The first request connects.
            runtime.block_on(async {
                match side {
                    0 => bare_request(&bare, &url).await,
                    _ => own_request(&client).await,
                }
            })?;
            let start = (Clock::Wall.now(), Clock::Cpu.now());
            for _ in 0..requests {
                let body = runtime.block_on(async {
                    if side == 0 {
                        bare_request(&bare, &url).await
                    } else {
                        own_request(&client).await
                    }
                })?;
                if body != super::server::PING.len() {
                    return Err(format!("an answer of {body} bytes"));
                }
            }
            turns.wall.push(each(start.0, Clock::Wall.now(), requests));
            turns.cpu.push(each(start.1, Clock::Cpu.now(), requests));
        }
    }
    let [bare, own] = &turns;
    let (wall, cpu) = (
        [least(&bare.wall), least(&own.wall)],
        [least(&bare.cpu), least(&own.cpu)],
    );
    say(&format!(
        "one GET on loopback, µs; the fastest of {rounds} turns of {requests}\n\
         {:<28}{:>10}{:>10}{:>10}\n",
        "", "bare", "client", "more"
    ))?;
    for (name, [bare, own]) in [("wall", wall), ("processor of the caller", cpu)] {
        say(&format!(
            "{name:<28}{bare:>10.1}{own:>10.1}{:>10.1}\n",
            own - bare
        ))?;
    }
    // On a machine that others use too, only the processor's time is the client's own.
    let met = cpu[1] - cpu[0] < LIMIT;
    let verdict = if met { "met" } else { "MISSED" };
    say(&format!("demand: less than {LIMIT} µs more: {verdict}\n\n"))?;
    Ok(met)
}

#[derive(Default)]
struct Turns {
    wall: Vec<f64>,
    cpu: Vec<f64>,
}

/// As a careful user would do it by hand: authorised, status checked, body read.
async fn bare_request(client: &reqwest::Client, url: &reqwest::Url) -> Result<usize, String> {
    let answer = client
        .get(url.clone())
        .header("authorization", "Bearer token")
        .header("accept", "application/json, */*;q=0.1")
        .timeout(Duration::from_secs(30))
        .send()
        .await
        .and_then(reqwest::Response::error_for_status);
    let body = answer.map_err(|error| error.to_string())?.bytes().await;
    Ok(body.map_err(|error| error.to_string())?.len())
}

async fn own_request(client: &Client) -> Result<usize, String> {
    let answer = client.request(http::Method::GET, "ping").send().await;
    Ok(answer.map_err(|error| error.to_string())?.body().len())
}

/// Microseconds for each request.
fn each(start: Duration, end: Duration, requests: usize) -> f64 {
    end.saturating_sub(start).as_secs_f64() * 1e6 / requests as f64
}

fn least(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::INFINITY, f64::min)
}
